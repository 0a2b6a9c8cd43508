// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the core does between us and a machine with many users: network namespaces,
 * the rdma cgroup, the list of resources. Each leaves the machine as it was.
 */
#include "devx.h"

#include <ctype.h>
#include <sched.h>
#include <sys/stat.h>

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -1;
	ret = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
	close(fd);
	return ret;
}

/* The exit status of "rdma ARGS" with its output in @out. */
static int run_rdma(const char *args, char *out, size_t size)
{
	char command[128];
	size_t n;
	FILE *f;

	if (access("/usr/bin/rdma", X_OK) && access("/usr/sbin/rdma", X_OK) &&
	    access("/sbin/rdma", X_OK))
		SKIP("iproute2 is not installed");
	snprintf(command, sizeof(command), "PATH=/usr/bin:/usr/sbin:/sbin rdma %s 2>&1",
		 args);
	f = popen(command, "re");
	ASSERT(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	return pclose(f);
}

/* --- network namespaces */

/* What a process in a network namespace of its own gets from open(). */
static int open_elsewhere(const char *node)
{
	int status;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (!pid) {
		if (unshare(CLONE_NEWNET))
			_exit(255);
		errno = 0;
		_exit(open(node, O_RDWR | O_CLOEXEC) < 0 ? errno : 0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Possible when no other namespace is left: they end a moment after their process. */
static int set_mode(const char *mode)
{
	char command[48], out[256];
	int i, ret = -1;

	snprintf(command, sizeof(command), "system set netns %s", mode);
	for (i = 0; i < 500 && ret; i++) {
		ret = run_rdma(command, out, sizeof(out));
		if (ret)
			usleep(20000);
	}
	if (ret)
		ktap_note("%s: %s", command, out);
	return ret;
}

TEST(shared_devices_are_there_in_every_network_namespace)
{
	ASSERT_EQ(open_elsewhere(node_path()), 0);
}

TEST(exclusive_devices_are_there_in_their_namespace_alone)
{
	int here, elsewhere;

	ASSERT_EQ(set_mode("exclusive"), 0);
	elsewhere = open_elsewhere(node_path());
	here = open(node_path(), O_RDWR | O_CLOEXEC);
	close(here);
	ASSERT_EQ(set_mode("shared"), 0);
	ASSERT_EQ(elsewhere, EPERM);
	ASSERT(here >= 0);
}

/* A child that has a namespace of its own until the pipe is closed. */
static pid_t spawn_namespace(int fds[2])
{
	char byte = 0;
	int ready[2];
	pid_t pid;

	ASSERT_EQ(pipe(fds), 0);
	ASSERT_EQ(pipe(ready), 0);
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		close(fds[1]);
		if (unshare(CLONE_NEWNET) || write(ready[1], &byte, 1) != 1)
			_exit(1);
		_exit(read(fds[0], &byte, 1) != 0);
	}
	ASSERT_EQ(read(ready[0], &byte, 1), 1);
	return pid;
}

/* Taking it to another namespace ends contexts as if it had gone. */
TEST(device_that_moves_ends_its_contexts)
{
	uint32_t in[4] = { 0 }, out[4];
	char command[128], text[256];
	int fds[2], fd, moved, ret, error, i;
	pid_t pid;

	ASSERT_EQ(set_mode("exclusive"), 0);
	fd = raw_open(DEVX);
	mbox_opcode(in, NOP, 0);
	pid = spawn_namespace(fds);
	/* The tool looks for names in a directory, which need not be there. */
	mkdir("/run/netns", 0755);
	snprintf(command, sizeof(command),
		 "dev set %s netns ../../../../../../../../proc/%d/ns/net",
		 device_name(), pid);
	moved = run_rdma(command, text, sizeof(text));
	ret = raw_general(fd, in, sizeof(in), out, sizeof(out));
	error = errno;
	close(fds[1]);
	waitpid(pid, NULL, 0);
	/* It comes back when its namespace ends. */
	ASSERT_EQ(set_mode("shared"), 0);
	if (moved)
		FAIL("%s: %s", command, text);
	ASSERT_EQ(ret, -1);
	ASSERT_EQ(error, EIO);
	for (i = 0; i < 100 && access(node_path(), F_OK); i++)
		usleep(20000);
	ASSERT_EQ(raw_general(raw_open(DEVX), in, sizeof(in), out, sizeof(out)), 0);
	ASSERT_EQ(count_of("contexts"), 1);
}

/* --- the rdma cgroup */

static char group[64];

static int set_limit(const char *limit)
{
	char path[96], text[96];

	snprintf(path, sizeof(path), "%s/rdma.max", group);
	snprintf(text, sizeof(text), "%s %s", device_name(), limit);
	return write_text(path, text);
}

/* A group below a mount of our own, whose processes may have this much. */
static void make_group(const char *limit)
{
	static char mount_point[32] = "/tmp/softaccel-cgroup-XXXXXX";
	char path[96];

	ASSERT(mkdtemp(mount_point));
	ASSERT_EQ(mount("none", mount_point, "cgroup2", 0, NULL), 0);
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", mount_point);
	if (write_text(path, "+rdma")) {
		umount(mount_point);
		rmdir(mount_point);
		SKIP("the rdma controller is not in cgroup2");
	}
	snprintf(group, sizeof(group), "%s/softaccel", mount_point);
	ASSERT_EQ(mkdir(group, 0700), 0);
	ASSERT_EQ(set_limit(limit), 0);
}

/*
 * Without the limit first: a kernel (6.1 at least) that removes a group with one uses
 * its memory again when the device goes.
 */
static void end_group(void)
{
	char path[96];
	int i;

	set_limit("hca_handle=max hca_object=max");
	for (i = 0; i < 100 && rmdir(group); i++)
		usleep(20000);
	*strrchr(group, '/') = '\0';
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", group);
	write_text(path, "-rdma");
	umount2(group, MNT_DETACH);
	rmdir(group);
}

/* The line of our device in rdma.current. */
static void group_has(const char *wanted)
{
	char path[96], line[128], want[128];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/rdma.current", group);
	/* Some kernels end it with a space. */
	snprintf(want, sizeof(want), "%s %s", device_name(), wanted);
	f = fopen(path, "re");
	ASSERT(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, device_name(), strlen(device_name()))) {
			found = !strncmp(line, want, strlen(want)) &&
				isspace(line[strlen(want)]);
			if (!found)
				ktap_note("%s, but wanted %s", line, want);
		}
	fclose(f);
	ASSERT(found);
}

static int create_pd(int fd, uint32_t *handle)
{
	uint32_t in[4] = { 0 }, out[4];

	mbox_opcode(in, ALLOC_PD, 0);
	return raw_create(fd, in, sizeof(in), out, sizeof(out), handle);
}

static void use_up_the_group(void)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(DEVX);
	struct mlx5_ib_alloc_ucontext_resp resp;
	struct raw_umem umem = { .len = 4096 };
	struct raw_uar uar;
	char path[96];
	uint32_t pd, id;
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	ASSERT_EQ(write_text(path, "0"), 0);
	fd = raw_open(DEVX);
	group_has("hca_handle=1 hca_object=0");
	ASSERT_ERRNO(raw_get_context(node_open(), &req, sizeof(req), &resp,
				     sizeof(resp)), EAGAIN);
	ASSERT_EQ(count_of("contexts"), 1);
	ASSERT_EQ(create_pd(fd, &pd), 0);
	ASSERT_EQ(raw_uar_alloc(fd, 0, &uar), 0);
	umem.addr = (uintptr_t)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0);
	ASSERT_EQ(raw_umem_reg(fd, &umem, NULL, &id), 0);
	group_has("hca_handle=1 hca_object=3");
	ASSERT_ERRNO(create_pd(fd, NULL), EAGAIN);
	ASSERT_ERRNO(raw_uar_alloc(fd, 0, &uar), EAGAIN);
	ASSERT_ERRNO(raw_umem_reg(fd, &umem, NULL, &id), EAGAIN);
	ASSERT_EQ(raw_destroy_obj(fd, pd), 0);
	group_has("hca_handle=1 hca_object=2");
	ASSERT_EQ(create_pd(fd, &pd), 0);
}

TEST(contexts_and_objects_are_charged_to_the_rdma_cgroup)
{
	pid_t pid, done;
	int status;

	make_group("hca_handle=1 hca_object=3");
	pid = fork();
	if (!pid) {
		use_up_the_group();
		_exit(0);
	}
	done = waitpid(pid, &status, 0);
	if (done == pid && !status)
		wait_no_objects();
	end_group();
	ASSERT_EQ(done, pid);
	ASSERT_EQ(status, 0);
	/* Without the limit there is none. */
	ASSERT_EQ(create_pd(raw_open(DEVX), NULL), 0);
}

/* --- the list of resources */

/* What the summary of our device says of this kind, which other kinds end in, too. */
static int resources(const char *kind)
{
	char text[1024], word[16], *line, *at;

	ASSERT_EQ(run_rdma("resource show", text, sizeof(text)), 0);
	line = strstr(text, device_name());
	ASSERT(line);
	line[strcspn(line, "\n")] = '\0';
	snprintf(word, sizeof(word), " %s ", kind);
	at = strstr(line, word);
	if (!at)
		FAIL("no %s in: %s", kind, line);
	return atoi(at + strlen(word));
}

TEST(resources_are_listed)
{
	int pds = resources("pd"), ctxs = resources("ctx");
	struct ibv_context *ctx = devx_open();
	struct ibv_pd *pd = ibv_alloc_pd(ctx);
	char text[1024], word[32];

	ASSERT(pd);
	ASSERT_EQ(resources("pd"), pds + 1);
	ASSERT_EQ(resources("ctx"), ctxs + 1);
	ASSERT_EQ(run_rdma("resource show pd", text, sizeof(text)), 0);
	snprintf(word, sizeof(word), " pid %d ", getpid());
	if (!strstr(text, word))
		FAIL("no%s in: %s", word, text);
	ASSERT_EQ(ibv_dealloc_pd(pd), 0);
	ASSERT_EQ(resources("pd"), pds);
}

KTAP_MAIN()
