// SPDX-License-Identifier: GPL-2.0-only
/* Objects of verbs under failure: memory regions, completion queues. */
#include "devx-rig.h"

#include "../devx/cq.h"
#include "../devx/mr.h"

FAULT_MACHINE_TEST

/* --- memory regions */

static struct mr_request region;

static int reg_mr(void)
{
	return raw_reg_mr(rig.fd, &region);
}

static int dereg_mr(void)
{
	return raw_dereg_mr(rig.fd, region.handle);
}

static void must_reg_mr(void)
{
	ASSERT_EQ(reg_mr(), 0);
}

static void must_dereg_mr(void)
{
	ASSERT_EQ(dereg_mr(), 0);
}

static void must_have_region(void)
{
	must_have_memory(16 * 4096);
	must_alloc_pd();
	region = (struct mr_request){
		.pd = rig.pd,
		.start = (uintptr_t)rig.memory,
		.length = rig.bytes,
		.iova = (uintptr_t)rig.memory,
		.access = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE,
	};
}

FAULT_PATH(reg_mr, .setup = must_have_region, .attempt = reg_mr,
	   .finish = must_dereg_mr, .errnos = { ENOMEM, EFAULT, EAGAIN })
FAULT_PATH(dereg_mr, .setup = must_have_region, .prepare = must_reg_mr,
	   .attempt = dereg_mr, .errnos = { ENOMEM, EFAULT })

/* --- completion queues */

static struct cq_request request, second;

static int create(void)
{
	return raw_create_cq(rig.fd, &request);
}

static int destroy(void)
{
	return raw_destroy_cq(rig.fd, request.handle);
}

/* The core answers last: then the queue is gone in spite of EFAULT. */
static void destroy_again(int error)
{
	if (!destroy())
		return;
	ASSERT_EQ(errno, ENOENT);
	ASSERT_EQ(error, EFAULT);
	ASSERT_EQ(count_of("cqs"), 0);
}

static void must_create(void)
{
	ASSERT_EQ(create(), 0);
}

static void must_destroy(void)
{
	ASSERT_EQ(destroy(), 0);
}

static void must_have_request(void)
{
	must_have_context();
	request = usual_cq(rig.fd);
}

/* Another's record keeps the page of records. */
static void must_have_page_of_records(void)
{
	must_have_request();
	second = request;
	ASSERT_EQ(raw_create_cq(rig.fd, &second), 0);
}

static int modify(void)
{
	memset(mailbox_in, 0, sizeof(mailbox_in));
	mbox_opcode(mailbox_in, MODIFY_CQ, 0);
	mbox_set_number(mailbox_in, request.cqn);
	mbox_set(mailbox_in, 0x60, 32, 3);
	return no_resources(raw_modify(rig.fd, request.handle, mailbox_in, MODIFY_CQ_IN,
				       mailbox_out, HEADER));
}

static void must_create_once(void)
{
	must_have_request();
	must_create();
}

static void forget_memory(void)
{
	munmap(request.memory, 2 * PAGE);
}

/* Where the device has no memory, the error is what mlx5_core makes of it: EAGAIN. */
FAULT_PATH(verbs_create_cq, .setup = must_have_request, .attempt = create,
	   .finish = must_destroy, .errnos = { ENOMEM, EFAULT, EAGAIN })
FAULT_PATH(verbs_create_second_cq, .setup = must_have_page_of_records,
	   .attempt = create, .finish = must_destroy,
	   .errnos = { ENOMEM, EFAULT, EAGAIN })
FAULT_PATH(verbs_modify_cq_by_devx, .setup = must_create_once, .attempt = modify,
	   .errnos = { ENOMEM, EFAULT, EREMOTEIO })
FAULT_PATH(verbs_destroy_cq, .setup = must_have_request, .prepare = must_create,
	   .attempt = destroy, .recover = destroy_again,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(close_with_verbs_cq, .prepare = must_create_once, .attempt = do_close,
	   .finish = forget_memory, .quiet = true)

KTAP_MAIN()
