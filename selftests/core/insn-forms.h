/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What C programs do with a device register, compiled by several compilers with
 * several options (insn-forms.c, local.mk): each form accesses the 4 or 8 bytes at
 * @reg, once or as a read-modify-write, and returns what it makes of them.
 */
#ifndef SOFTACCEL_SELFTESTS_CORE_INSN_FORMS_H
#define SOFTACCEL_SELFTESTS_CORE_INSN_FORMS_H

#include <stdint.h>

/* AVX2, BMI1, BMI2, LZCNT and MOVBE. */
#define FORM_NEEDS_HASWELL 1

/**
 * struct form - one of them
 * @compiler:	and its options
 * @name:	what it does, and the type of the register
 * @run:	does it
 * @needs:	FORM_NEEDS_*
 */
struct form {
	const char *compiler;
	const char *name;
	uint64_t (*run)(volatile void *reg, uint64_t a, uint64_t b);
	uint64_t needs;
};

/* All of them: the linker's names of the section that they are in. */
extern const struct form __start_insn_forms[], __stop_insn_forms[];

#endif
