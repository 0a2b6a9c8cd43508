/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs every form of insn-forms.h on ordinary memory and on something that traps,
 * and compares what it returns and what it leaves.
 */
#ifndef SOFTACCEL_SELFTESTS_CORE_FORMS_RUN_H
#define SOFTACCEL_SELFTESTS_CORE_FORMS_RUN_H

#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include "insn-forms.h"
#include "ktap.h"

/*
 * Initial contents. Zero divides badly; and the uppermost bit of a big-endian
 * register is one that a model may not keep.
 */
static const uint64_t forms_contents[] = {
	0x0123456789abcd07, 0x7000000000000001, 0xfedcba9876543210, 0x00000003ffffff2a,
};

static const uint64_t forms_operands[][2] = {
	{ 5, 3 }, { 0xfedcba9876543210, 63 }, { 0x80000001, 1 }, { 0x70, 37 },
	{ 0x0123456789abcd07, 17 },
};

#define FORMS_MASK (~(uint64_t)0x80)	/* what a register keeps of 8 bytes */

static inline bool forms_supported(const struct form *form)
{
#ifdef __x86_64__
	if (form->needs & FORM_NEEDS_HASWELL)
		return __builtin_cpu_supports("avx2") &&
		       __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("bmi2");
#endif
	return true;
}

/**
 * struct forms_target - what is compared with memory
 * @reg: 8 bytes that keep all that is stored, less what FORMS_MASK says
 * @get: what they are
 * @set: makes them that
 */
struct forms_target {
	volatile void *reg;
	uint64_t (*get)(void);
	void (*set)(uint64_t val);
};

static sigjmp_buf forms_refused;

/* One form from one state; false when it was refused. */
static inline bool forms_compare(const struct form *form,
				 const struct forms_target *target,
				 uint64_t contents, const uint64_t *operand)
{
	/* Forms reach a little to both sides, without accessing it. */
	static uint64_t memory[16] __attribute__((aligned(64)));
	uint64_t want, got;

	memory[8] = contents;
	want = form->run(&memory[8], operand[0], operand[1]);
	target->set(contents);
	if (sigsetjmp(forms_refused, 1))
		return false;
	got = form->run(target->reg, operand[0], operand[1]);
	if (got != want)
		FAIL("%s: %s of %#jx with %#jx and %#jx: %#jx, memory gives %#jx",
		     form->compiler, form->name, (uintmax_t)contents,
		     (uintmax_t)operand[0], (uintmax_t)operand[1], (uintmax_t)got,
		     (uintmax_t)want);
	got = target->get();
	if ((got ^ memory[8]) & FORMS_MASK)
		FAIL("%s: %s of %#jx with %#jx and %#jx leaves %#jx, memory %#jx",
		     form->compiler, form->name, (uintmax_t)contents,
		     (uintmax_t)operand[0], (uintmax_t)operand[1], (uintmax_t)got,
		     (uintmax_t)memory[8]);
	return true;
}

/*
 * All forms, from each @step-th of 20 states: 6 takes all contents and most of the
 * operands. Returns how many forms were refused.
 */
static inline unsigned int forms_run(const struct forms_target *target,
				     unsigned int step)
{
	const struct form *volatile form;
	volatile unsigned int refused = 0, ran = 0;

	/* cppcheck-suppress comparePointers */
	for (form = __start_insn_forms; form < __stop_insn_forms; form++) {
		volatile bool accepted = true;
		volatile unsigned int i;

		if (!forms_supported(form))
			continue;
		for (i = 0; i < 20 && accepted; i += step)
			accepted = forms_compare(form, target,
						 forms_contents[i / 5],
						 forms_operands[i % 5]);
		ran++;
		if (accepted)
			continue;
		ktap_note("%s: %s is refused", form->compiler, form->name);
		refused++;
	}
	ktap_note("%u forms, %u refused", ran, refused);
	ASSERT_GT(ran, 0);
	return refused;
}

#endif
