// SPDX-License-Identifier: GPL-2.0-only
/*
 * What compilers make of C code (../core/insn-forms.c), on a real register: it does
 * what it does to memory, whatever the instruction.
 */
#define _GNU_SOURCE
#include "cxl.h"

#include "../core/forms-run.h"

#ifdef __x86_64__

/* Keeps what is stored, but for the uppermost bit, which FORMS_MASK leaves out. */
static volatile uint64_t *trace;

static uint64_t get(void)
{
	return *trace;
}

static void set(uint64_t val)
{
	*trace = val;
}

static void on_bus_error(int sig)
{
	(void)sig;
	siglongjmp(forms_refused, 1);
}

TEST(every_form_does_to_a_register_what_it_does_to_memory)
{
	struct forms_target target = { .get = get, .set = set };
	struct sigaction sa = { .sa_handler = on_bus_error, .sa_flags = SA_NODEFER };
	int fd = open_node(MASTER);

	ASSERT_EQ(start(fd, 0), 0);
	trace = (volatile uint64_t *)(map(fd, PS_SIZE) + REG_TRACE);
	target.reg = trace;
	ASSERT_EQ(sigaction(SIGBUS, &sa, NULL), 0);
	/* The debug kernel takes its time for each access. */
	ASSERT_EQ(forms_run(&target, 6), 0);
	set(0);
}

static volatile sig_atomic_t fell;

static void on_float_bus_error(int sig)
{
	(void)sig;
	fell++;
	siglongjmp(forms_refused, 1);
}

/* Decided: vector registers are not emulated, so these tell the program at once. */
TEST(floating_point_accesses_give_sigbus)
{
	struct sigaction sa = { .sa_handler = on_float_bus_error,
				.sa_flags = SA_NODEFER };
	volatile void *reg;
	volatile double *d;
	volatile float *f;
	int fd = open_node(MASTER);

	ASSERT_EQ(start(fd, 0), 0);
	reg = map(fd, PS_SIZE) + REG_TRACE;
	d = reg;
	f = reg;
	ASSERT_EQ(sigaction(SIGBUS, &sa, NULL), 0);
	if (!sigsetjmp(forms_refused, 1))
		(void)*d;
	if (!sigsetjmp(forms_refused, 1))
		*d = 1.5;
	if (!sigsetjmp(forms_refused, 1))
		(void)*f;
	if (!sigsetjmp(forms_refused, 1))
		*f = 1.5;
	/* Constants may be stored from general registers. */
	ktap_note("%d of 4 gave SIGBUS", (int)fell);
	ASSERT_GE(fell, 2);
	*(volatile uint64_t *)reg = 0;
}

/* On the processor SIGFPE; either way the program does not go on. */
TEST(a_division_by_a_register_that_is_zero_gives_sigbus)
{
	struct sigaction sa = { .sa_handler = on_float_bus_error,
				.sa_flags = SA_NODEFER };
	volatile uint64_t *reg;
	int fd = open_node(MASTER);

	ASSERT_EQ(start(fd, 0), 0);
	reg = (volatile uint64_t *)(map(fd, PS_SIZE) + REG_TRACE);
	*reg = 0;
	ASSERT_EQ(sigaction(SIGBUS, &sa, NULL), 0);
	if (!sigsetjmp(forms_refused, 1))
		__asm__ volatile("divq (%0)" : : "r"(reg), "a"(5l), "d"(0l) : "cc");
	ASSERT_EQ(fell, 1);
}

#else

TEST(registers_of_this_architecture_are_not_emulated)
{
	ASSERT(__start_insn_forms < __stop_insn_forms);
}

#endif

KTAP_MAIN()
