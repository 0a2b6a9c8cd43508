// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libsoftaccel-devx has beyond libmlx5, on the real node: devices by name, and
 * objects under two names.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <softaccel/devx.h>

#include <ktap.h>

#include "../../examples/prm.h"

static struct mlx5dv_context_attr devx = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };

/* It runs commands. */
static void assert_works(struct ibv_context *context)
{
	uint8_t in[PRM_IN_SIZE] = { 0 };
	static uint8_t out[PRM_HCA_CAP_OUT_SIZE];

	prm_set(in, PRM_OPCODE, PRM_QUERY_HCA_CAP);
	prm_set(in, PRM_OP_MOD, PRM_HCA_CAP_GENERAL);
	ASSERT_EQ(mlx5dv_devx_general_cmd(context, in, sizeof(in), out, sizeof(out)), 0);
	ASSERT_EQ(prm_get(out, PRM_NUM_PORTS), 1);
}

/* In a process of its own: libibverbs remembers names that it has seen. */
static int rename_device(const char *from, const char *to)
{
	char command[128];
	int status;

	snprintf(command, sizeof(command), "rdma dev set %s name %s", from, to);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(a_device_opens_by_its_name)
{
	struct ibv_context *context = softaccel_devx_open("mlx5_0", &devx);

	ASSERT(context);
	ASSERT_STREQ(ibv_get_device_name(context->device), "mlx5_0");
	assert_works(context);
	ASSERT_EQ(ibv_close_device(context), 0);
}

TEST(the_first_mlx5_device_opens_without_a_name)
{
	struct ibv_context *context = softaccel_devx_open(NULL, &devx);

	ASSERT(context);
	assert_works(context);
	ASSERT_EQ(ibv_close_device(context), 0);
	context = softaccel_devx_open(NULL, NULL);
	ASSERT(context);
	ASSERT_EQ(ibv_close_device(context), 0);
}

TEST(names_that_are_not_there_are_ENODEV)
{
	static const char *const names[] = { "", "mlx5", "mlx5_00", "uverbs0" };
	size_t i;

	for (i = 0; i < 4; i++) {
		errno = 0;
		ASSERT(!softaccel_devx_open(names[i], NULL));
		ASSERT_EQ(errno, ENODEV);
	}
}

TEST(the_name_is_what_the_kernel_has_now)
{
	struct ibv_context *context;

	ASSERT_EQ(rename_device("mlx5_0", "soft"), 0);
	context = softaccel_devx_open("soft", &devx);
	if (context)
		ibv_close_device(context);
	errno = 0;
	ASSERT(!softaccel_devx_open("mlx5_0", NULL));
	ASSERT_EQ(errno, ENODEV);
	ASSERT_EQ(rename_device("soft", "mlx5_0"), 0);
	ASSERT(context);
}

TEST(the_device_is_supported_whatever_it_is_called)
{
	struct ibv_device **list = ibv_get_device_list(NULL);

	ASSERT(list && list[0]);
	ASSERT(mlx5dv_is_supported(list[0]));
	ibv_free_device_list(list);
}

TEST(an_imported_umem_is_the_same_umem)
{
	struct ibv_context *context = softaccel_devx_open(NULL, &devx);
	struct mlx5dv_devx_umem *umem, *imported;
	unsigned char record[64];
	void *p;

	ASSERT(context);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(p != MAP_FAILED);
	umem = mlx5dv_devx_umem_reg(context, p, 4096, IBV_ACCESS_LOCAL_WRITE);
	ASSERT(umem);
	ASSERT_EQ(mlx5dv_devx_umem_export(umem, record), 0);
	imported = mlx5dv_devx_umem_import(context, record);
	ASSERT(imported);
	ASSERT_EQ(imported->umem_id, umem->umem_id);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(imported), 0);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), ENOENT);
	mlx5dv_devx_umem_unimport(umem);
	ASSERT_EQ(ibv_close_device(context), 0);
}

KTAP_MAIN()
