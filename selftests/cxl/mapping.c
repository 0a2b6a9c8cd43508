// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mapped window as part of an address space: what mm system calls do to it, what
 * the kernel may not do with it, and the accesses that no register takes.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include "cxl.h"

#define RW (PROT_READ | PROT_WRITE)

/* A window of a slave, and what its handle register says. */
static volatile uint8_t *window(uint64_t *handle)
{
	int fd;

	idle_context();		/* so that the process element is not 0 */
	fd = idle_context();
	*handle = (uint64_t)process_element(fd) << 48;
	ASSERT_NE(*handle, 0);
	return map(fd, PAGE);
}

/* The registers of the slice, of which the trace register keeps what is stored. */
static volatile uint8_t *master_window(void)
{
	int fd = open_node(MASTER);

	ASSERT_EQ(start(fd, 0), 0);
	return map(fd, PS_SIZE);
}

/* --- offsets */

static void *map_at(int fd, size_t size, uint64_t offset)
{
	return (void *)syscall(SYS_mmap, NULL, size, RW, MAP_SHARED, fd, offset);
}

TEST(every_offset_that_ends_outside_the_window_is_refused)
{
	static const size_t size[] = { 1, 2, 3, 1024, 16384, 16385 };
	int slave = idle_context(), master = open_node(MASTER), shift;
	unsigned int i;

	ASSERT_EQ(start(master, 0), 0);
	for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		for (shift = 26; shift < 64; shift++) {
			uint64_t offset = 1ull << shift;

			ASSERT(map_at(slave, size[i] * PAGE, offset) == MAP_FAILED);
			ASSERT(map_at(master, size[i] * PAGE, offset) == MAP_FAILED);
			/* Ends at the power of two, or wraps around to the start. */
			offset -= size[i] * PAGE;
			if (offset + size[i] * PAGE <= PS_SIZE)
				continue;
			ASSERT(map_at(slave, size[i] * PAGE, offset) == MAP_FAILED);
			ASSERT(map_at(master, size[i] * PAGE, offset) == MAP_FAILED);
		}
		ASSERT(map_at(slave, size[i] * PAGE, 0 - size[i] * PAGE) == MAP_FAILED);
		ASSERT(map_at(master, size[i] * PAGE, 0 - size[i] * PAGE) == MAP_FAILED);
		ASSERT(map_at(master, size[i] * PAGE, PS_SIZE - size[i] * PAGE + PAGE) ==
		       MAP_FAILED);
	}
	ASSERT(map_at(master, PAGE, PS_SIZE - PAGE) != MAP_FAILED);
	ASSERT(map_at(master, PS_SIZE, 0) != MAP_FAILED);
}

/* --- what system calls on memory do to a window */

TEST(mprotect_takes_access_away_and_gives_it_back)
{
	uint64_t handle;
	volatile uint8_t *w = window(&handle);
	pid_t pid;
	int status;

	ASSERT_EQ(mprotect((void *)w, PAGE, PROT_NONE), 0);
	pid = fork();
	if (!pid) {
		struct rlimit none = {};

		setrlimit(RLIMIT_CORE, &none);
		(void)read64(w, REG_HANDLE);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	ASSERT_EQ(mprotect((void *)w, PAGE, PROT_READ), 0);
	ASSERT_EQ(read64(w, REG_HANDLE), handle);
	ASSERT_EQ(mprotect((void *)w, PAGE, RW), 0);
	write64(w, REG_TIMEBASE, 1);
	ASSERT_NE(read64(w, REG_TIMEBASE), 0);
}

TEST(advice_about_a_window_changes_no_register)
{
	static const int advice[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE,
		MADV_COLD, MADV_PAGEOUT, MADV_HUGEPAGE, MADV_MERGEABLE, MADV_REMOVE,
	};
	volatile uint8_t *w = master_window();
	unsigned int i;

	for (i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		write64(w, REG_TRACE, 1000 + i);
		/* Some are refused for memory that is I/O; none does harm. */
		(void)!madvise((void *)w, PAGE, advice[i]);
		ASSERT_EQ(read64(w, REG_TRACE), 1000 + i);
	}
	ASSERT_ERRNO(madvise((void *)w, PAGE, MADV_DONTNEED), EINVAL);
	write64(w, REG_TRACE, 0);
}

TEST(memory_locking_and_sync_pass_a_window_by)
{
	uint64_t handle;
	volatile uint8_t *w = window(&handle);

	ASSERT_EQ(mlock((void *)w, PAGE), 0);
	ASSERT_ERRNO(msync((void *)w, PAGE, MS_SYNC), EINVAL);
	ASSERT_EQ(munlock((void *)w, PAGE), 0);
	ASSERT_EQ(mlockall(MCL_CURRENT | MCL_FUTURE), 0);
	ASSERT_EQ(read64(w, REG_HANDLE), handle);
	ASSERT_EQ(munlockall(), 0);
}

TEST(a_window_can_be_cut_in_pieces)
{
	int master = open_node(MASTER), slave = idle_context();
	uint64_t pe = process_element(slave), area = PP_OFFSET + pe * PP_SIZE;
	volatile uint8_t *w;

	ASSERT_EQ(start(master, 0), 0);
	w = map(master, area + 3 * PP_SIZE);
	ASSERT_EQ(munmap((void *)w, area - PAGE), 0);
	ASSERT_EQ(munmap((void *)(w + area + PP_SIZE), PP_SIZE), 0);
	ASSERT_EQ(read64(w, area + REG_HANDLE), pe << 48);
	ASSERT_EQ(mprotect((void *)(w + area), PP_SIZE, PROT_READ), 0);
	ASSERT_EQ(read64(w, area + REG_HANDLE), pe << 48);
	ASSERT_EQ(read64(w, area + 2 * PP_SIZE + REG_HANDLE), 0);
}

static void store_and_pass_on(volatile uint8_t *w)
{
	ASSERT_EQ(read64(w, REG_TRACE), 1);
	write64(w, REG_TRACE, 2);
	IN_CHILD(write64(w, REG_TRACE, read64(w, REG_TRACE) + 1));
}

TEST(parent_and_child_drive_the_same_registers_after_fork)
{
	volatile uint8_t *w = master_window();

	write64(w, REG_TRACE, 1);
	/* Memory would be copied on the first store; registers are not. */
	IN_CHILD(store_and_pass_on(w));
	ASSERT_EQ(read64(w, REG_TRACE), 3);
	write64(w, REG_TRACE, 0);
}

TEST(a_child_keeps_the_window_when_its_parent_unmaps_it)
{
	uint64_t handle;
	volatile uint8_t *w = window(&handle);
	int go[2];
	char byte;
	pid_t pid;
	int status;

	ASSERT_EQ(pipe(go), 0);
	pid = fork();
	if (!pid) {
		ASSERT_EQ(read(go[0], &byte, 1), 1);
		ASSERT_EQ(read64(w, REG_HANDLE), handle);
		_exit(0);
	}
	ASSERT_EQ(munmap((void *)w, PAGE), 0);
	ASSERT_EQ(write(go[1], "x", 1), 1);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
}

/* The flags of the mapping at @p, as /proc/self/smaps spells them. */
static void vm_flags(volatile uint8_t *p, char *flags, size_t size)
{
	char line[512];
	bool here = false;
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to;

	ASSERT(f);
	flags[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx", &from, &to) == 2)
			here = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (here && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, size, "%s", line + 8);
	}
	fclose(f);
}

TEST(a_window_is_io_memory_that_a_child_inherits)
{
	uint64_t handle;
	volatile uint8_t *w = window(&handle);
	char flags[512];

	vm_flags(w, flags, sizeof(flags));
	ktap_note("%s", flags);
	ASSERT(strstr(flags, " io ") && strstr(flags, " pf "));
	ASSERT(!strstr(flags, " dc ") && !strstr(flags, " de "));
}

/* --- the kernel does not touch registers for anybody */

TEST(the_memory_of_another_process_does_not_include_its_windows)
{
	uint64_t handle, got = 5;
	volatile uint8_t *w = window(&handle);
	struct iovec mine = { &got, 8 }, theirs = { (void *)(w + REG_HANDLE), 8 };
	int mem;

	ASSERT_ERRNO(process_vm_readv(getpid(), &mine, 1, &theirs, 1, 0), EFAULT);
	ASSERT_ERRNO(process_vm_writev(getpid(), &mine, 1, &theirs, 1, 0), EFAULT);
	mem = open("/proc/self/mem", O_RDWR);
	ASSERT_GE(mem, 0);
	ASSERT_ERRNO(pread(mem, &got, 8, (uintptr_t)(w + REG_HANDLE)), EIO);
	ASSERT_ERRNO(pwrite(mem, &got, 8, (uintptr_t)(w + REG_HANDLE)), EIO);
	ASSERT_EQ(got, 5);
}

TEST(a_register_is_no_futex_no_signal_set_and_no_path)
{
	uint64_t handle;
	volatile uint8_t *w = window(&handle);

	ASSERT_ERRNO(syscall(SYS_futex, w, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
	ASSERT_ERRNO(syscall(SYS_futex, w, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0),
		     EFAULT);
	ASSERT_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, w, NULL, 8), EFAULT);
	ASSERT_ERRNO(open((void *)w, O_RDONLY), EFAULT);
	ASSERT_ERRNO(ioctl(idle_context(), CXL_IOCTL_START_WORK, w), EFAULT);
	ASSERT_EQ(read64(w, REG_HANDLE), handle);
}

TEST(a_core_dump_leaves_windows_out)
{
	uint64_t handle;
	volatile uint8_t *w = window(&handle);
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char dir[] = "/tmp/sacc-core-XXXXXX";
	int status;
	pid_t pid;

	ASSERT(mkdtemp(dir));
	pid = fork();
	if (!pid) {
		ASSERT_EQ(chdir(dir), 0);
		ASSERT_EQ(setrlimit(RLIMIT_CORE, &all), 0);
		(void)read64(w, REG_HANDLE);
		abort();
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	ASSERT_EQ(read64(w, REG_HANDLE), handle);
}

/* --- accesses that no register takes */

#ifdef __x86_64__

/* si_code of the SIGBUS that @access(@p) ends with; 0 if it comes back. */
static int sigbus_of(void (*access)(volatile uint8_t *p), volatile uint8_t *p)
{
	struct sigaction sa = { .sa_sigaction = bus_handler,
				.sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &sa, NULL);
	bus_code = 0;
	if (!sigsetjmp(bus_jump, 1))
		access(p);
	signal(SIGBUS, SIG_DFL);
	return bus_code;
}

#define ACCESS(name, ...)						\
	static void name(volatile uint8_t *p)				\
	{								\
		__asm__ volatile(__VA_ARGS__);				\
	}

#define CLOBBERS "memory", "cc"

ACCESS(load_1, "movb (%0), %%al" : : "r"(p) : "rax", CLOBBERS)
ACCESS(store_1, "movb $1, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(load_2, "movw (%0), %%ax" : : "r"(p) : "rax", CLOBBERS)
ACCESS(store_2, "movw $1, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(zero_extend_1, "movzbl (%0), %%eax" : : "r"(p) : "rax", CLOBBERS)
ACCESS(sign_extend_2, "movswq (%0), %%rax" : : "r"(p) : "rax", CLOBBERS)
ACCESS(or_1, "orb $1, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(test_1, "testb $1, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(sse_load_4, "movd (%0), %%xmm0" : : "r"(p) : "xmm0", CLOBBERS)
ACCESS(sse_load_8, "movq (%0), %%xmm0" : : "r"(p) : "xmm0", CLOBBERS)
ACCESS(sse_store_8, "movq %%xmm0, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(sse_scalar, "movsd (%0), %%xmm0" : : "r"(p) : "xmm0", CLOBBERS)
ACCESS(sse_load_16, "movdqu (%0), %%xmm0" : : "r"(p) : "xmm0", CLOBBERS)
ACCESS(sse_store_16, "movups %%xmm0, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(sse_stream_16, "movntdq %%xmm0, (%0)" : : "r"(p) : CLOBBERS)
ACCESS(x87_load, "fldl (%0)\n\tfstp %%st(0)" : : "r"(p) : CLOBBERS)
ACCESS(x87_load_int, "fildll (%0)\n\tfstp %%st(0)" : : "r"(p) : CLOBBERS)
ACCESS(x87_store, "fldz\n\tfstps (%0)" : : "r"(p) : CLOBBERS)
ACCESS(string_load, "lodsl" : "+S"(p) : : "rax", CLOBBERS)
ACCESS(string_store, "stosq" : "+D"(p) : "a"(0) : CLOBBERS)
ACCESS(rep_store, "rep stosl" : "+D"(p) : "a"(0), "c"(2L) : CLOBBERS)
#define WIDE_CLOBBERS "rax", "rbx", "rcx", "rdx", CLOBBERS
ACCESS(cmpxchg_16, "cmpxchg16b (%0)" : : "r"(p) : WIDE_CLOBBERS)
ACCESS(push_from, "pushq (%0)\n\tpop %%rax" : : "r"(p) : "rax", CLOBBERS)
ACCESS(call_through, "call *(%0)" : : "r"(p) : CLOBBERS)
ACCESS(unaligned_4, "movl 2(%0), %%eax" : : "r"(p) : "rax", CLOBBERS)
ACCESS(unaligned_8, "movq %%rax, 4(%0)" : : "r"(p) : CLOBBERS)
ACCESS(save_state, "fnsave (%0)" : : "r"(p) : CLOBBERS)

static void rep_move_from(volatile uint8_t *p)
{
	uint64_t to[4], n = 32;
	void *dst = to;

	__asm__ volatile("rep movsb" : "+D"(dst), "+S"(p), "+c"(n) : : CLOBBERS);
}

static void rep_move_to(volatile uint8_t *p)
{
	uint64_t from[4] = {}, n = 4;
	void *src = from;

	__asm__ volatile("rep movsq" : "+D"(p), "+S"(src), "+c"(n) : : CLOBBERS);
}

TEST(accesses_that_are_no_register_accesses_give_sigbus)
{
	static const struct {
		const char *name;
		void (*access)(volatile uint8_t *p);
	} no[] = {
#define NO(name) { #name, name }
		NO(load_1), NO(store_1), NO(load_2), NO(store_2),
		NO(zero_extend_1), NO(sign_extend_2), NO(or_1), NO(test_1),
		NO(sse_load_4), NO(sse_load_8), NO(sse_store_8), NO(sse_scalar),
		NO(sse_load_16), NO(sse_store_16), NO(sse_stream_16),
		NO(x87_load), NO(x87_load_int), NO(x87_store),
		NO(string_load), NO(string_store), NO(rep_store),
		NO(rep_move_from), NO(rep_move_to), NO(cmpxchg_16),
		NO(push_from), NO(call_through), NO(unaligned_4), NO(unaligned_8),
		NO(save_state),
	};
	volatile uint8_t *w = master_window(), *p = w + REG_TRACE;
	unsigned int i;

	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		write64(w, REG_TRACE, 0x1234);
		if (sigbus_of(no[i].access, p) != BUS_ADRERR)
			FAIL("%s: si_code %d", no[i].name, bus_code);
		if (read64(w, REG_TRACE) != 0x1234)
			FAIL("%s has changed the register", no[i].name);
	}
	ktap_note("%u forms", i);
	write64(w, REG_TRACE, 0);
}

static void *locked_adder(void *arg)
{
	int i;

	for (i = 0; i < 1000; i++)
		__asm__ volatile("lock; addl $1, (%0)" : : "r"(arg) : CLOBBERS);
	return NULL;
}

static void *locked_exchanger(void *arg)
{
	uint32_t one;
	int i;

	for (i = 0; i < 1000; i++) {
		one = 1;
		__asm__ volatile("lock; xaddl %0, (%1)" : "+r"(one) : "r"(arg) : CLOBBERS);
	}
	return NULL;
}

TEST(locked_instructions_of_several_threads_lose_no_update)
{
	volatile uint8_t *w = master_window(), *again;
	pthread_t thread[4];
	int i;

	write64(w, REG_TRACE, 0);
	/* Through another mapping of the same register, too. */
	again = master_window();
	for (i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL,
					 i & 1 ? locked_adder : locked_exchanger,
					 (void *)((i & 2 ? w : again) + REG_TRACE + 4)), 0);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	/* Little-endian numbers in a big-endian register. */
	ASSERT_EQ(*(volatile uint32_t *)(w + REG_TRACE + 4), 4000);
	ASSERT_EQ(*(volatile uint32_t *)(w + REG_TRACE), 0);
	write64(w, REG_TRACE, 0);
}

#endif /* __x86_64__ */

KTAP_MAIN()
