/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compare and swap in the memory of a process: what mm.h carries out and afu.h
 * lends. No state.
 */
#ifndef SOFTACCEL_CAS_H
#define SOFTACCEL_CAS_H

#include <linux/types.h>

/**
 * struct sacc_cas - a word is compared, and perhaps replaced, in one go
 * @compare:	  compared with what is there, as the CPU would load it
 * @value:	  stored when the comparison is as wanted, likewise
 * @if_equal:	  store when both are equal
 * @if_not_equal: store when they are not
 * @equal:	  afterwards: whether they were
 */
struct sacc_cas {
	u64 compare;
	u64 value;
	bool if_equal;
	bool if_not_equal;
	bool equal;
};

#endif
