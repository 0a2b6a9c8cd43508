// SPDX-License-Identifier: GPL-2.0-only
/*
 * What compilers make of accesses to a device register (insn-forms.c), carried out
 * by the decoder and the executor: the register is in a page that cannot be
 * accessed, and the handler of SIGSEGV does what the kernel's page fault does.
 */
#define _GNU_SOURCE
#include "forms-run.h"

#ifdef __x86_64__
#include <sys/mman.h>
#include <ucontext.h>

#include "insn.h"

static u8 *page;
static u64 shadow;

/* In the order of the encoding. */
static const int greg[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static int shadow_read(void *arg, unsigned int width, u64 *val)
{
	*val = 0;
	memcpy(val, (u8 *)&shadow + *(size_t *)arg, width);
	return 0;
}

static int shadow_write(void *arg, unsigned int width, u64 val)
{
	memcpy((u8 *)&shadow + *(size_t *)arg, &val, width);
	return 0;
}

static const struct sacc_insn_bus bus = { shadow_read, shadow_write };

static bool emulate(greg_t *gregs, u8 *fault)
{
	size_t offset = fault - (page + 2048);
	struct sacc_regs regs;
	struct sacc_insn insn;
	int i;

	if (sacc_insn_decode(&insn, (u8 *)gregs[REG_RIP], SACC_INSN_MAX) !=
	    SACC_INSN_OK)
		return false;
	for (i = 0; i < 16; i++)
		regs.gpr[i] = gregs[greg[i]];
	regs.ip = gregs[REG_RIP];
	regs.flags = gregs[REG_EFL];
	if (sacc_insn_address(&insn, &regs, 0) != (u64)fault ||
	    offset + insn.width > sizeof(shadow) ||
	    sacc_insn_exec(&insn, &regs, &bus, &offset))
		return false;
	for (i = 0; i < 16; i++)
		gregs[greg[i]] = regs.gpr[i];
	gregs[REG_RIP] = regs.ip;
	gregs[REG_EFL] = regs.flags;
	return true;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	if (emulate(uc->uc_mcontext.gregs, info->si_addr))
		return;
	if (getenv("FORMS_SHOW")) {
		u8 *at = (u8 *)uc->uc_mcontext.gregs[REG_RIP];

		ktap_note("%02x %02x %02x %02x %02x %02x %02x %02x", at[0], at[1],
			  at[2], at[3], at[4], at[5], at[6], at[7]);
	}
	siglongjmp(forms_refused, 1);
}

static uint64_t get(void)
{
	return shadow;
}

static void set(uint64_t val)
{
	shadow = val;
}

TEST(every_form_does_to_a_register_what_it_does_to_memory)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO | SA_NODEFER };
	struct forms_target target = { .get = get, .set = set };

	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(page != MAP_FAILED);
	target.reg = page + 2048;
	ASSERT_EQ(sigaction(SIGSEGV, &sa, NULL), 0);
	ASSERT_EQ(forms_run(&target, 1), 0);
}

#else

TEST(instructions_of_this_architecture_are_not_emulated)
{
	ASSERT(__start_insn_forms < __stop_insn_forms);
}

#endif

KTAP_MAIN()
