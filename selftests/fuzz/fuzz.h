/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the libFuzzer targets share. A target is LLVMFuzzerTestOneInput(), linked
 * with libFuzzer by libfuzzer.sh and with replay.c by "make check". Include this
 * before the headers of the unit tests: a failed assertion in them then aborts,
 * for libFuzzer to keep the input.
 */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_H
#define SOFTACCEL_SELFTESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>

#include "ktap.h"

#undef FAIL
#define FAIL(...)							\
	do {								\
		ktap_note("%s:%d:", __FILE__, __LINE__);		\
		ktap_note(__VA_ARGS__);					\
		abort();						\
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of the input; behind its end there are zeros. */
struct input {
	const uint8_t *data;
	size_t left;
};

static inline uint8_t take8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static inline uint16_t take16(struct input *in)
{
	uint16_t high = take8(in);

	return (uint16_t)(high << 8 | take8(in));
}

static inline uint32_t take32(struct input *in)
{
	uint32_t high = take16(in);

	return high << 16 | take16(in);
}

static inline uint64_t take64(struct input *in)
{
	uint64_t high = take32(in);

	return high << 32 | take32(in);
}

#endif
