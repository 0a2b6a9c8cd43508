// SPDX-License-Identifier: GPL-2.0-only
/*
 * See insn-forms.h. Compiled once for each compiler and set of options, with
 * FORM_COMPILER their description.
 *
 * Only integers: floating point and vector registers are not emulated.
 */
#include <stdbool.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "insn-forms.h"

#ifndef FORM_COMPILER
#define FORM_COMPILER "some compiler"
#endif

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define FORM(name, ...)							\
	static u64 name(volatile void *reg, u64 a, u64 b)		\
	{								\
		(void)reg;						\
		(void)a;						\
		(void)b;						\
		__VA_ARGS__						\
	}								\
	static const struct form entry_##name				\
	__attribute__((section("insn_forms"), used)) = {		\
		FORM_COMPILER, #name, name, FORM_NEEDS			\
	};

/* A form for each type that a register has. */
#define EACH(name, ...)							\
	FORM(name##_u32, { typedef u32 T; volatile T *p = reg; T x = (T)a; \
			   (void)p; (void)x; __VA_ARGS__ })			\
	FORM(name##_s32, { typedef s32 T; volatile T *p = reg; T x = (T)a; \
			   (void)p; (void)x; __VA_ARGS__ })			\
	FORM(name##_u64, { typedef u64 T; volatile T *p = reg; T x = (T)a; \
			   (void)p; (void)x; __VA_ARGS__ })			\
	FORM(name##_s64, { typedef s64 T; volatile T *p = reg; T x = (T)a; \
			   (void)p; (void)x; __VA_ARGS__ })

#define N (b & (8 * sizeof(T) - 1))	/* a bit number or shift count */
#define BIT ((T)1 << N)

/* A number that no compiler knows. */
static volatile long zero;

#ifdef __BMI2__
#define FORM_NEEDS FORM_NEEDS_HASWELL
#else
#define FORM_NEEDS 0
#endif

/* --- moves */

EACH(load, return (u64)*p;)
EACH(load_sign_extended, return (u64)(s64)*p;)
EACH(load_zero_extended, return (u32)*p;)
EACH(load_truncated_8, return (uint8_t)*p;)
EACH(load_truncated_16, return (uint64_t)(int16_t)*p;)
EACH(load_unused, (void)*p; return a;)
EACH(store, *p = x; return b;)
EACH(store_0, *p = 0; return b;)
EACH(store_minus_1, *p = (T)-1; return b;)
EACH(store_constant, *p = (T)0x12345678; return b;)
EACH(store_large_constant, *p = (T)0x123456789abcdef0; return b;)
EACH(store_and_use, return (u64)(*p = x) + b;)
EACH(store_condition, *p = a < b; return b;)
EACH(store_either, *p = a < b ? 17 : x; return b;)
FORM(load_swapped_u32, return __builtin_bswap32(*(volatile u32 *)reg);)
FORM(load_swapped_u64, return __builtin_bswap64(*(volatile u64 *)reg);)
FORM(store_swapped_u32, *(volatile u32 *)reg = __builtin_bswap32((u32)a); return b;)
FORM(store_swapped_u64, *(volatile u64 *)reg = __builtin_bswap64(a); return b;)
FORM(swap_in_place_u32, { volatile u32 *p = reg; *p = __builtin_bswap32(*p); return b; })
FORM(swap_in_place_u64, { volatile u64 *p = reg; *p = __builtin_bswap64(*p); return b; })

/* --- addressing */

EACH(at_index, long i = zero; return (u64)p[i];)
EACH(at_scaled_index, long i = zero + 4; p -= 4; return (u64)p[i];)
EACH(at_int_index, int i = (int)zero + 3; p -= 3; p[i] = x; return b;)
EACH(at_negative_offset, p = (void *)((volatile char *)p + 64 + zero);
	return (u64)*(volatile T *)((volatile char *)p - 64);)
EACH(at_large_offset, p = (void *)((volatile char *)p - 0x123456 + zero);
	*(volatile T *)((volatile char *)p + 0x123456) = x; return b;)
EACH(in_a_loop, T sum = 0; long i; for (i = 0; i < 3; i++) sum += p[i * zero];
	return (u64)sum;)
EACH(stored_in_a_loop, long i; for (i = 0; i < 3; i++) p[i * zero] = x + i;
	return b;)
EACH(polled, long i = 0; while (*p != x && i < 3) i++; return i;)
EACH(through_a_structure, struct { T before[2], reg, after; } volatile *s;
	s = (void *)((volatile char *)p - 2 * sizeof(T)); s->reg = x; return b;)

#ifdef __SEG_GS
/* The base of gs is 0 but in the test that sets it. */
EACH(relative_to_gs, volatile T __seg_gs *g = (volatile T __seg_gs *)(uintptr_t)p;
	return (u64)*g;)
EACH(stored_relative_to_gs, volatile T __seg_gs *g = (volatile T __seg_gs *)(uintptr_t)p;
	*g = x; return b;)
#endif

/* --- arithmetic with a register as one operand */

EACH(add, return (u64)(x + *p);)
EACH(subtract, return (u64)(x - *p);)
EACH(subtract_from, return (u64)(*p - x);)
EACH(multiply, return (u64)(x * *p);)
EACH(multiply_by_10, return (u64)(*p * 10);)
EACH(multiply_by_1000003, return (u64)(*p * 1000003);)
EACH(divide, return (u64)(x / *p);)
EACH(remainder, return (u64)(x % *p);)
EACH(divide_it, return (u64)(*p / (T)(N + 3));)
EACH(divide_it_by_10, return (u64)(*p / 10);)
EACH(remainder_of_it, return (u64)(*p % (T)(N + 3));)
EACH(and, return (u64)(x & *p);)
EACH(or, return (u64)(x | *p);)
EACH(xor, return (u64)(x ^ *p);)
EACH(and_not, return (u64)(x & ~*p);)
EACH(not_and, return (u64)(~x & *p);)
EACH(and_constant, return (u64)(*p & 0xff00ff);)
EACH(not, return (u64)~*p;)
EACH(negate, return (u64)-*p;)
EACH(shift_left, return (u64)(T)(*p << N);)
EACH(shift_right, return (u64)(*p >> N);)
EACH(shift_left_by_it, return (u64)(T)(x << (*p & (8 * sizeof(T) - 1)));)
EACH(shift_right_by_it, return (u64)(x >> (*p & (8 * sizeof(T) - 1)));)
EACH(shift_right_5, return (u64)(*p >> 5);)
FORM(rotate_u32, { u32 v = *(volatile u32 *)reg, n = b & 31;
	return v << n | v >> (-n & 31); })
FORM(rotate_u64, { u64 v = *(volatile u64 *)reg, n = b & 63;
	return v << n | v >> (-n & 63); })
FORM(rotate_7_u32, { u32 v = *(volatile u32 *)reg; return v << 7 | v >> 25; })
FORM(rotate_7_u64, { u64 v = *(volatile u64 *)reg; return v << 7 | v >> 57; })
FORM(wide_multiply_u32, return (a & 0xffffffff) * *(volatile u32 *)reg;)
FORM(wide_multiply_s32, return (u64)((s64)(s32)a * *(volatile s32 *)reg);)
FORM(high_multiply_u64, return (u64)((unsigned __int128)a * *(volatile u64 *)reg >> 64);)
FORM(high_multiply_s64, return (u64)((__int128)(s64)a * *(volatile s64 *)reg >> 64);)
FORM(add_with_carry, { unsigned __int128 v = (unsigned __int128)a << 64 | b;
	v += *(volatile u64 *)reg; return (u64)(v >> 64) ^ (u64)v; })
FORM(subtract_with_borrow, { unsigned __int128 v = (unsigned __int128)a << 64 | b;
	v -= *(volatile u64 *)reg; return (u64)(v >> 64) ^ (u64)v; })
EACH(add_overflows, T r; bool o = __builtin_add_overflow(x, *p, &r);
	return (u64)r * 2 + o;)
EACH(subtract_overflows, T r; bool o = __builtin_sub_overflow(x, *p, &r);
	return (u64)r * 2 + o;)
EACH(multiply_overflows, T r; bool o = __builtin_mul_overflow(x, *p, &r);
	return (u64)r * 2 + o;)
FORM(absolute_s32, { s32 v = *(volatile s32 *)reg; return (u64)(v < 0 ? -v : v); })
FORM(absolute_s64, { s64 v = *(volatile s64 *)reg; return (u64)(v < 0 ? -v : v); })

/* --- bits */

FORM(count_ones_u32, return __builtin_popcount(*(volatile u32 *)reg);)
FORM(count_ones_u64, return __builtin_popcountll(*(volatile u64 *)reg);)
FORM(leading_zeros_u32, return __builtin_clz(*(volatile u32 *)reg);)
FORM(leading_zeros_u64, return __builtin_clzll(*(volatile u64 *)reg);)
FORM(trailing_zeros_u32, return __builtin_ctz(*(volatile u32 *)reg);)
FORM(trailing_zeros_u64, return __builtin_ctzll(*(volatile u64 *)reg);)
FORM(first_set_u32, return __builtin_ffs(*(volatile s32 *)reg);)
FORM(first_set_u64, return __builtin_ffsll(*(volatile s64 *)reg);)
FORM(parity_u32, return __builtin_parity(*(volatile u32 *)reg);)
FORM(parity_u64, return __builtin_parityll(*(volatile u64 *)reg);)
EACH(test_bit, return *p >> N & 1;)
EACH(test_bit_and_branch, if (*p & BIT) return a; return b;)
EACH(test_bit_5, return *p & 32 ? a : b;)
EACH(test_high_bit, return *p & (T)1 << (8 * sizeof(T) - 2) ? a : b;)
EACH(set_bit, *p |= BIT; return b;)
EACH(clear_bit, *p &= ~BIT; return b;)
EACH(change_bit, *p ^= BIT; return b;)
EACH(set_bit_6, *p |= 64; return b;)
EACH(clear_high_bit, *p &= ~((T)1 << (8 * sizeof(T) - 3)); return b;)
EACH(lowest_bit, T v = *p; return (u64)(v & -v);)
EACH(without_lowest_bit, T v = *p; return (u64)(v & (v - 1));)
EACH(up_to_lowest_bit, T v = *p; return (u64)(v ^ (v - 1));)
EACH(low_bits, return (u64)(*p & (BIT - 1));)
EACH(field, return (u64)(*p >> 3 & 0x1f);)
EACH(field_at, return (u64)(*p >> N & 0xfff);)

/* --- comparisons and choices */

EACH(equal, return *p == x;)
EACH(less, return *p < x;)
EACH(greater, return *p > x;)
EACH(is_zero, return !*p;)
EACH(is_negative, return (s64)*p < 0;)
EACH(equals_7, return *p == 7;)
EACH(above_constant, return *p > 0x1234567;)
EACH(branch_on_equal, T v = *p; if (v == x) return a; return b;)
EACH(choose_it, T v = *p; return (u64)(a < b ? v : x);)
EACH(choose_it_if_signed_less, T v = *p; return (u64)((s64)a < (s64)b ? v : x);)
EACH(choose_it_if_equal, T v = *p; return (u64)(a == b ? v : (T)b);)
EACH(choose_by_it, return *p ? a : b;)
EACH(smaller, T v = *p; return (u64)(v < x ? v : x);)
EACH(larger, T v = *p; return (u64)(v > x ? v : x);)
EACH(select, switch (*p & 7) { case 0: return a; case 1: return b; case 3: return a * b;
	case 7: return a + b; default: return 99; })

/* --- read-modify-write */

EACH(add_to, *p += x; return b;)
EACH(add_1000, *p += 1000; return b;)
EACH(add_128, *p += 128; return b;)
EACH(subtract_from_it, *p -= x; return b;)
EACH(multiply_it, *p *= x; return b;)
EACH(divide_it_in_place, *p /= (T)(N + 2); return b;)
EACH(and_it, *p &= x; return b;)
EACH(or_it, *p |= x; return b;)
EACH(xor_it, *p ^= x; return b;)
EACH(shift_it_left, *p <<= N; return b;)
EACH(shift_it_right, *p >>= N; return b;)
EACH(double_it, *p <<= 1; return b;)
EACH(halve_it, *p >>= 1; return b;)
EACH(increment, ++*p; return b;)
EACH(increment_after, return (u64)(*p)++;)
EACH(decrement, return (u64)--*p;)
EACH(invert_it, *p = ~*p; return b;)
EACH(negate_it, *p = -*p; return b;)
EACH(add_and_compare, return (*p += x) == 0;)
EACH(and_and_compare, return (*p &= x) != 0;)
EACH(decrement_and_compare, return --*p == 0;)
FORM(rotate_it_u32, { volatile u32 *p = reg; u32 v = *p; *p = v << 9 | v >> 23;
	return b; })
FORM(rotate_it_u64, { volatile u64 *p = reg; u64 v = *p; *p = v << 9 | v >> 55;
	return b; })

struct fields {
	u32 low:3, middle:18, high:11;
};

FORM(load_bit_field, return ((volatile struct fields *)reg)->middle;)
FORM(store_bit_field, ((volatile struct fields *)reg)->middle = a; return b;)

/* --- atomic; the register need not be volatile for these */

#define ORDER __ATOMIC_SEQ_CST

EACH(atomic_load, return (u64)__atomic_load_n((T *)reg, __ATOMIC_ACQUIRE);)
EACH(atomic_store, __atomic_store_n((T *)reg, x, __ATOMIC_RELEASE); return b;)
EACH(atomic_store_seq, __atomic_store_n((T *)reg, x, ORDER); return b;)
EACH(atomic_exchange, return (u64)__atomic_exchange_n((T *)reg, x, ORDER);)
EACH(atomic_add, __atomic_fetch_add((T *)reg, x, ORDER); return b;)
EACH(atomic_fetch_add, return (u64)__atomic_fetch_add((T *)reg, x, ORDER);)
EACH(atomic_add_fetch, return (u64)__atomic_add_fetch((T *)reg, x, ORDER);)
EACH(atomic_subtract, __atomic_fetch_sub((T *)reg, x, ORDER); return b;)
EACH(atomic_fetch_subtract, return (u64)__atomic_fetch_sub((T *)reg, x, ORDER);)
EACH(atomic_increment, __atomic_fetch_add((T *)reg, 1, ORDER); return b;)
EACH(atomic_decrement_is_zero, return __atomic_sub_fetch((T *)reg, 1, ORDER) == 0;)
EACH(atomic_and, __atomic_fetch_and((T *)reg, x, ORDER); return b;)
EACH(atomic_or, __atomic_fetch_or((T *)reg, x, ORDER); return b;)
EACH(atomic_xor, __atomic_fetch_xor((T *)reg, x, ORDER); return b;)
EACH(atomic_fetch_and, return (u64)__atomic_fetch_and((T *)reg, x, ORDER);)
EACH(atomic_fetch_or, return (u64)__atomic_fetch_or((T *)reg, x, ORDER);)
EACH(atomic_fetch_xor, return (u64)__atomic_fetch_xor((T *)reg, x, ORDER);)
EACH(atomic_fetch_nand, return (u64)__atomic_fetch_nand((T *)reg, x, ORDER);)
EACH(atomic_or_fetch, return (u64)__atomic_or_fetch((T *)reg, x, ORDER);)
EACH(atomic_and_is_zero, return __atomic_and_fetch((T *)reg, x, ORDER) == 0;)
EACH(atomic_set_bit, return (__atomic_fetch_or((T *)reg, BIT, ORDER) & BIT) != 0;)
EACH(atomic_clear_bit, return (__atomic_fetch_and((T *)reg, ~BIT, ORDER) & BIT) != 0;)
EACH(atomic_change_bit, return (__atomic_fetch_xor((T *)reg, BIT, ORDER) & BIT) != 0;)
EACH(atomic_set_bit_6, return (__atomic_fetch_or((T *)reg, 64, ORDER) & 64) != 0;)
EACH(compare_and_swap, T old = x;
	bool ok = __atomic_compare_exchange_n((T *)reg, &old, (T)b, false, ORDER, ORDER);
	return (u64)old * 2 + ok;)
EACH(compare_and_swap_that_holds, T old = *p;
	bool ok = __atomic_compare_exchange_n((T *)reg, &old, x, false, ORDER, ORDER);
	return (u64)old * 2 + ok;)
EACH(sync_compare_and_swap, T old = *p;
	return (u64)__sync_val_compare_and_swap((T *)reg, old, x);)
EACH(sync_lock, return (u64)__sync_lock_test_and_set((T *)reg, 1);)

/* --- what has no expression in C */

#ifdef __x86_64__
FORM(stream_u32, _mm_stream_si32((int *)(uintptr_t)reg, (int)a); return b;)
FORM(stream_u64, _mm_stream_si64((long long *)(uintptr_t)reg, (long long)a); return b;)
FORM(carry_u32, { u32 r; unsigned char c = _addcarry_u32(b & 1, (u32)a,
	*(volatile u32 *)reg, &r); return r * 2ull + c; })
FORM(carry_u64, { unsigned long long r; unsigned char c = _addcarry_u64(b & 1, a,
	*(volatile u64 *)reg, &r); return r * 2 + c; })
FORM(borrow_u64, { unsigned long long r; unsigned char c = _subborrow_u64(b & 1, a,
	*(volatile u64 *)reg, &r); return r * 2 + c; })
#endif
#ifdef __BMI2__
FORM(deposit_u64, return _pdep_u64(a, *(volatile u64 *)reg);)
FORM(extract_u64, return _pext_u64(a, *(volatile u64 *)reg);)
FORM(deposit_u32, return _pdep_u32((u32)a, *(volatile u32 *)reg);)
FORM(extract_u32, return _pext_u32((u32)a, *(volatile u32 *)reg);)
FORM(zero_high_u64, return _bzhi_u64(*(volatile u64 *)reg, b & 0xff);)
FORM(zero_high_u32, return _bzhi_u32(*(volatile u32 *)reg, b & 0xff);)
FORM(bit_field_u64, return _bextr_u64(*(volatile u64 *)reg, b & 63, a & 63);)
FORM(bit_field_u32, return _bextr_u32(*(volatile u32 *)reg, b & 31, a & 31);)
FORM(leading_zeros_count_u64, return _lzcnt_u64(*(volatile u64 *)reg);)
FORM(leading_zeros_count_u32, return _lzcnt_u32(*(volatile u32 *)reg);)
FORM(trailing_zeros_count_u64, return _tzcnt_u64(*(volatile u64 *)reg);)
FORM(wide_multiply_bmi2, { unsigned long long high; u64 low = _mulx_u64(a,
	*(volatile u64 *)reg, &high); return low ^ high; })
FORM(checksum_u64, return _mm_crc32_u64(a, *(volatile u64 *)reg);)
FORM(checksum_u32, return _mm_crc32_u32((u32)a, *(volatile u32 *)reg);)
#endif
