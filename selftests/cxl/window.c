// SPDX-License-Identifier: GPL-2.0-only
/* mmap of the nodes, and register accesses through the mappings. */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "cxl.h"

static void *try_map(int fd, size_t size, int prot, int flags, off_t offset)
{
	return mmap(NULL, size, prot, flags, fd, offset);
}

#define ASSERT_MAP_ERRNO(map, error)					\
	ASSERT_ERRNO((map) == MAP_FAILED ? -1 : 0, error)

#define RW (PROT_READ | PROT_WRITE)

/* --- what mmap refuses */

TEST(mmap_before_attach_gives_eio)
{
	ASSERT_MAP_ERRNO(try_map(open_node(SLAVE), PAGE, RW, MAP_SHARED, 0), EIO);
	ASSERT_MAP_ERRNO(try_map(open_node(MASTER), PAGE, RW, MAP_SHARED, 0), EIO);
	ASSERT_MAP_ERRNO(try_map(open_node(DEDICATED), PAGE, RW, MAP_SHARED, 0), EIO);
}

TEST(the_state_comes_before_the_size)
{
	ASSERT_MAP_ERRNO(try_map(open_node(SLAVE), PS_SIZE * 2, RW, MAP_SHARED, 0), EIO);
}

TEST(one_page_more_than_the_slave_window_gives_einval)
{
	int fd = idle_context();

	ASSERT_MAP_ERRNO(try_map(fd, PP_SIZE + PAGE, RW, MAP_SHARED, 0), EINVAL);
	ASSERT_MAP_ERRNO(try_map(fd, PAGE, RW, MAP_SHARED, PP_SIZE), EINVAL);
	ASSERT(try_map(fd, PP_SIZE, RW, MAP_SHARED, 0) != MAP_FAILED);
}

TEST(one_page_more_than_the_master_window_gives_einval)
{
	int fd = open_node(MASTER);

	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_MAP_ERRNO(try_map(fd, PS_SIZE + PAGE, RW, MAP_SHARED, 0), EINVAL);
	ASSERT_MAP_ERRNO(try_map(fd, PAGE, RW, MAP_SHARED, PS_SIZE), EINVAL);
	ASSERT(try_map(fd, PS_SIZE, RW, MAP_SHARED, 0) != MAP_FAILED);
	ASSERT(try_map(fd, PAGE, RW, MAP_SHARED, PS_SIZE - PAGE) != MAP_FAILED);
}

TEST(one_page_more_than_the_dedicated_window_gives_einval)
{
	int fd = open_node(DEDICATED);

	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_MAP_ERRNO(try_map(fd, PS_SIZE + PAGE, RW, MAP_SHARED, 0), EINVAL);
	ASSERT_MAP_ERRNO(try_map(fd, 2 * PAGE, RW, MAP_SHARED, PS_SIZE - PAGE), EINVAL);
	ASSERT(try_map(fd, PS_SIZE, RW, MAP_SHARED, 0) != MAP_FAILED);
}

TEST(an_offset_that_wraps_is_refused)
{
	int fd = idle_context();
	off_t last = (off_t)(INT64_MAX & ~(PAGE - 1));
	int i;

	for (i = 0; i < 3; i++)
		ASSERT(try_map(fd, (i + 1) * PAGE, RW, MAP_SHARED, last - i * PAGE) ==
		       MAP_FAILED);
	/* -PAGE as an unsigned offset: with the length it is 0. */
	ASSERT(try_map(fd, PAGE, RW, MAP_SHARED, -(off_t)PAGE) == MAP_FAILED);
}

TEST(a_private_writable_mapping_gives_einval)
{
	int fd = idle_context();

	ASSERT_MAP_ERRNO(try_map(fd, PAGE, RW, MAP_PRIVATE, 0), EINVAL);
	ASSERT_MAP_ERRNO(try_map(fd, PAGE, PROT_WRITE, MAP_PRIVATE, 0), EINVAL);
}

TEST(a_private_mapping_can_be_read_and_never_be_made_writable)
{
	int fd = idle_context();
	volatile uint8_t *w = try_map(fd, PAGE, PROT_READ, MAP_PRIVATE, 0);

	ASSERT(w != MAP_FAILED);
	ASSERT_EQ(read64(w, REG_HANDLE), (uint64_t)process_element(fd) << 48);
	ASSERT_ERRNO(mprotect((void *)w, PAGE, RW), EACCES);
}

TEST(a_file_open_for_reading_gives_no_writable_mapping)
{
	int fd = open(SLAVE, O_RDONLY);

	ASSERT_GE(fd, 0);
	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_MAP_ERRNO(try_map(fd, PAGE, RW, MAP_SHARED, 0), EACCES);
	ASSERT(try_map(fd, PAGE, PROT_READ, MAP_SHARED, 0) != MAP_FAILED);
}

TEST(a_mapping_cannot_grow)
{
	int fd = open_node(MASTER);
	void *p;

	ASSERT_EQ(start(fd, 0), 0);
	p = (void *)map(fd, PAGE);
	ASSERT_MAP_ERRNO(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
}

/* --- what mappings can do */

TEST(a_window_can_be_mapped_twice)
{
	int fd = idle_context();
	volatile uint8_t *a = map(fd, PAGE), *b = map(fd, PAGE);

	write64(a, REG_TIMEBASE, 1);
	ASSERT_NE(read64(b, REG_TIMEBASE), 0);
	ASSERT_EQ(read64(a, REG_TIMEBASE), read64(b, REG_TIMEBASE));
}

TEST(a_part_of_the_window_can_be_mapped)
{
	int fd = open_node(MASTER), slave = idle_context();
	uint64_t pe = process_element(slave);
	volatile uint8_t *w;

	ASSERT_EQ(start(fd, 0), 0);
	w = try_map(fd, PAGE, RW, MAP_SHARED, PP_OFFSET + pe * PP_SIZE);
	ASSERT(w != MAP_FAILED);
	ASSERT_EQ(read64(w, REG_HANDLE), pe << 48);
}

TEST(a_moved_mapping_still_shows_its_own_registers)
{
	int fd = open_node(MASTER);
	volatile uint8_t *w;

	ASSERT_EQ(start(fd, 0), 0);
	w = map(fd, PP_OFFSET + PP_SIZE);
	w = mremap((void *)(w + PP_OFFSET), PAGE, PAGE,
		   MREMAP_MAYMOVE | MREMAP_FIXED, pages(1));
	ASSERT(w != MAP_FAILED);
	ASSERT_EQ(read64(w, REG_HANDLE), (uint64_t)process_element(fd) << 48);
}

TEST(a_mapping_survives_close)
{
	int fd = idle_context();
	uint64_t pe = process_element(fd);
	volatile uint8_t *w = map(fd, PAGE);

	close(fd);
	ASSERT_EQ(read64(w, REG_HANDLE), pe << 48);
	ASSERT_EQ(munmap((void *)w, PAGE), 0);
}

TEST(a_child_has_the_mapping_of_its_parent)
{
	int fd = idle_context();
	uint64_t pe = process_element(fd);
	volatile uint8_t *w = map(fd, PAGE);

	IN_CHILD(ASSERT_EQ(read64(w, REG_HANDLE), pe << 48));
}

TEST(a_read_only_mapping_refuses_stores)
{
	volatile uint8_t *w = map(idle_context(), PAGE);
	pid_t pid;
	int status;

	ASSERT_EQ(mprotect((void *)w, PAGE, PROT_READ), 0);
	(void)read64(w, REG_HANDLE);
	pid = fork();
	if (!pid) {
		struct rlimit none = {};

		setrlimit(RLIMIT_CORE, &none);
		write64(w, REG_CONTROL, 0);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* --- registers */

TEST(registers_can_be_accessed_by_halves)
{
	int fd = open_node(MASTER);
	volatile uint8_t *w;

	ASSERT_EQ(start(fd, 0), 0);
	w = map(fd, PS_SIZE);
	write64(w, REG_TRACE, 0x0123456789abcdefull);
	ASSERT_EQ(be32toh(*(volatile uint32_t *)(w + REG_TRACE)), 0x01234567);
	ASSERT_EQ(be32toh(*(volatile uint32_t *)(w + REG_TRACE + 4)), 0x89abcdef);
	*(volatile uint32_t *)(w + REG_TRACE) = htobe32(0x11223344);
	ASSERT_EQ(read64(w, REG_TRACE), 0x1122334489abcdefull);
	*(volatile uint32_t *)(w + REG_TRACE + 4) = htobe32(0x55667788);
	ASSERT_EQ(read64(w, REG_TRACE), 0x1122334455667788ull);
	write64(w, REG_TRACE, 0);
}

TEST(a_misaligned_access_gives_sigbus)
{
	volatile uint8_t *w = map(idle_context(), PAGE);

	ASSERT_EQ(load_sigbus(w + 4), BUS_ADRERR);
	ASSERT_EQ(load_sigbus(w + 1), BUS_ADRERR);
	ASSERT_EQ(load_sigbus(w + 8), 0);
}

TEST(holes_read_zero_and_take_stores)
{
	volatile uint8_t *w = map(idle_context(), PAGE);

	write64(w, 0x800, ~0ull);
	ASSERT_EQ(read64(w, 0x800), 0);
	ASSERT_EQ(read64(w, PAGE - 8), 0);
}

TEST(a_register_pointer_as_a_buffer_of_read_or_write_gives_efault)
{
	volatile uint8_t *w = map(idle_context(), PAGE);
	int pipefd[2], zero = open("/dev/zero", O_RDONLY);

	ASSERT_EQ(pipe(pipefd), 0);
	ASSERT_ERRNO(read(zero, (void *)w, 8), EFAULT);
	ASSERT_ERRNO(write(pipefd[1], (void *)w, 8), EFAULT);
}

TEST(a_slave_cannot_see_its_neighbour)
{
	int a = idle_context(), b = idle_context();
	volatile uint8_t *wa = map(a, PAGE), *wb = map(b, PAGE);

	ASSERT_EQ(read64(wa, REG_HANDLE), (uint64_t)process_element(a) << 48);
	ASSERT_EQ(read64(wb, REG_HANDLE), (uint64_t)process_element(b) << 48);
	write64(wa, REG_TIMEBASE, 1);
	ASSERT_NE(read64(wa, REG_TIMEBASE), 0);
	ASSERT_EQ(read64(wb, REG_TIMEBASE), 0);
}

TEST(a_slave_cannot_see_the_slice)
{
	int master = open_node(MASTER);
	volatile uint8_t *w = map(idle_context(), PAGE), *m;

	ASSERT_EQ(start(master, 0), 0);
	m = map(master, PS_SIZE);
	write64(m, REG_TRACE, 0x77);
	ASSERT_EQ(read64(w, REG_TRACE), 0);
	write64(w, REG_TRACE, 0x88);
	ASSERT_EQ(read64(m, REG_TRACE), 0x77);
	write64(m, REG_TRACE, 0);
}

TEST(a_master_sees_the_registers_of_every_slave)
{
	int master = open_node(MASTER), fd[8], i;
	volatile uint8_t *m;

	ASSERT_EQ(start(master, 0), 0);
	m = map(master, PS_SIZE);
	for (i = 0; i < 8; i++) {
		volatile uint8_t *w;
		uint64_t pe;

		fd[i] = idle_context();
		w = map(fd[i], PAGE);
		pe = process_element(fd[i]);
		ASSERT_EQ(read64(m, PP_OFFSET + pe * PP_SIZE + REG_HANDLE), pe << 48);
		write64(m, PP_OFFSET + pe * PP_SIZE + REG_TIMEBASE, 1);
		ASSERT_NE(read64(w, REG_TIMEBASE), 0);
	}
}

TEST(a_master_finds_the_area_of_a_context_that_is_not_started_empty)
{
	int master = open_node(MASTER), fd = open_node(SLAVE);
	uint64_t area = PP_OFFSET + process_element(fd) * PP_SIZE;
	volatile uint8_t *m;

	ASSERT_EQ(start(master, 0), 0);
	m = map(master, PS_SIZE);
	ASSERT_EQ(read64(m, area + REG_HANDLE), 0);
	write64(m, area + REG_CONTROL, CONTROL_RESTART);
	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_NE(read64(m, area + REG_HANDLE), 0);
	close(fd);
	ASSERT_EQ(read64(m, area + REG_HANDLE), 0);
	ASSERT_EQ(read64(m, PS_SIZE - 8), 0);
}

struct hammer {
	volatile uint8_t *w;
	uint64_t handle;
	long errors;
};

static void *hammer_thread(void *arg)
{
	struct hammer *h = arg;
	uint64_t last = 0, now;
	int i;

	for (i = 0; i < 5000; i++) {
		write64(h->w, REG_TIMEBASE, i);
		now = read64(h->w, REG_TIMEBASE);
		if (!now || read64(h->w, REG_HANDLE) != h->handle)
			__atomic_add_fetch(&h->errors, 1, __ATOMIC_RELAXED);
		last = now;
	}
	return (void *)last;
}

TEST(threads_can_share_a_register)
{
	pthread_t thread[4];
	struct hammer h = {};
	int i, fd = idle_context();

	h.w = map(fd, PAGE);
	h.handle = (uint64_t)process_element(fd) << 48;
	for (i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, hammer_thread, &h), 0);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	ASSERT_EQ(h.errors, 0);
}

#ifdef __x86_64__
/* Runs mov (%rdi),%rax; ret, which begins @before bytes before the end of a page. */
static uint64_t load_from_edge(volatile uint8_t *reg, unsigned int before, int next)
{
	static const uint8_t insns[] = { 0x48, 0x8b, 0x07, 0xc3 };
	uint8_t *code = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t (*load)(volatile uint8_t *reg);
	uint64_t value;

	ASSERT(code != MAP_FAILED);
	memcpy(code + PAGE - before, insns, sizeof(insns));
	ASSERT_EQ(mprotect(code + PAGE, PAGE, next), 0);
	load = (uint64_t (*)(volatile uint8_t *))(code + PAGE - before);
	value = load(reg);
	munmap(code, 2 * PAGE);
	return be64toh(value);
}

TEST(instructions_at_the_edge_of_a_page_are_understood)
{
	int fd = idle_context();
	volatile uint8_t *w = map(fd, PAGE);
	uint64_t handle = (uint64_t)process_element(fd) << 48;

	ASSERT_EQ(load_from_edge(w + REG_HANDLE, 4, PROT_NONE), handle);
	ASSERT_EQ(load_from_edge(w + REG_HANDLE, 4, PROT_READ | PROT_EXEC), handle);
	ASSERT_EQ(load_from_edge(w + REG_HANDLE, 2, PROT_READ | PROT_EXEC), handle);
	ASSERT_EQ(load_from_edge(w + REG_HANDLE, 1, PROT_READ | PROT_EXEC), handle);
}

/* mov DISP(%rdi),%rax; ret, at the same place each time. */
static uint64_t load_by_new_code(uint8_t *code, volatile uint8_t *w, uint8_t disp)
{
	const uint8_t insns[] = { 0x48, 0x8b, 0x47, disp, 0xc3 };

	memcpy(code, insns, sizeof(insns));
	return be64toh(((uint64_t (*)(volatile uint8_t *))code)(w));
}

TEST(code_may_be_replaced)
{
	uint8_t *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i, other = idle_context(), fd = idle_context();
	volatile uint8_t *w = map(fd, PAGE);
	uint64_t handle = (uint64_t)process_element(fd) << 48;

	ASSERT(code != MAP_FAILED && other >= 0 && handle);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(load_by_new_code(code, w, REG_HANDLE), handle);
		ASSERT_EQ(load_by_new_code(code, w, REG_WED), 0);
	}
}

static volatile uint64_t after_load;
static volatile int steps_after_load;

static void on_step(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	if (sig == SIGTRAP &&
	    (uint64_t)uc->uc_mcontext.gregs[REG_RIP] == after_load &&
	    info->si_code == TRAP_TRACE)
		steps_after_load++;
}

/* The trap flag is set before the load and cleared after it. */
TEST(a_step_over_an_access_is_reported_once)
{
	struct sigaction sa = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	int fd = idle_context();
	volatile uint8_t *w = map(fd, PAGE);
	uint64_t value;

	ASSERT_EQ(sigaction(SIGTRAP, &sa, NULL), 0);
	asm volatile("lea -128(%%rsp), %%rsp\n\t"
		     "lea 1f(%%rip), %0\n\t"
		     "mov %0, %1\n\t"
		     "pushfq\n\t"
		     "orq $0x100, (%%rsp)\n\t"
		     "popfq\n\t"
		     "mov (%2), %0\n"
		     "1:\n\t"
		     "pushfq\n\t"
		     "andq $~0x100, (%%rsp)\n\t"
		     "popfq\n\t"
		     "lea 128(%%rsp), %%rsp"
		     : "=&r" (value), "=m" (after_load)
		     : "r" (w + REG_HANDLE)
		     : "memory", "cc");
	ASSERT_EQ(be64toh(value), (uint64_t)process_element(fd) << 48);
	ASSERT_EQ(steps_after_load, 1);
}
#endif

/* --- a context that is over */

TEST(after_a_forced_detach_registers_give_sigbus)
{
	volatile uint8_t *w = map(idle_context(), PAGE);

	force_reset(0, SLAVE);
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
	ASSERT_EQ(load_sigbus(w + REG_HANDLE), BUS_ADRERR);
}

TEST(after_a_forced_detach_registers_read_all_ones_where_asked_for)
{
	int fd = open_node(SLAVE);
	volatile uint8_t *w;

	ASSERT_EQ(start_flags(fd, 0, CXL_START_WORK_ERR_FF, 0), 0);
	w = map(fd, PAGE);
	force_reset(0, SLAVE);
	ASSERT_EQ(read64(w, REG_HANDLE), ~0ull);
	write64(w, REG_HANDLE, 0);
	ASSERT_EQ(read64(w, REG_HANDLE), ~0ull);
	ASSERT_EQ(*(volatile uint32_t *)(w + 4), ~0u);
}

TEST(after_a_forced_detach_mmap_gives_eio)
{
	int fd = idle_context();

	force_reset(0, SLAVE);
	ASSERT_MAP_ERRNO(try_map(fd, PAGE, RW, MAP_SHARED, 0), EIO);
}

KTAP_MAIN()
