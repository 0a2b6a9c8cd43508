/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layouts of memory keys and PSVs. fields.h says what F, N, S and Z are.
 */
#ifndef SOFTACCEL_HCA_FIELDS_MKEY_H
#define SOFTACCEL_HCA_FIELDS_MKEY_H

#define SACC_HCA_LAYOUT_MKC(F, N, S, Z)					\
	F(mkc, free, 0x01, 1)						\
	F(mkc, access_mode_4_2, 0x03, 3)				\
	F(mkc, relaxed_ordering_write, 0x0d, 1)				\
	F(mkc, small_fence_on_rdma_read_response, 0x0f, 1)		\
	F(mkc, umr_en, 0x10, 1)						\
	F(mkc, a, 0x11, 1)						\
	F(mkc, rw, 0x12, 1)						\
	F(mkc, rr, 0x13, 1)						\
	F(mkc, lw, 0x14, 1)						\
	F(mkc, lr, 0x15, 1)						\
	F(mkc, access_mode_1_0, 0x16, 2)				\
	F(mkc, qpn, 0x20, 24)						\
	F(mkc, mkey_7_0, 0x38, 8)					\
	F(mkc, length64, 0x60, 1)					\
	F(mkc, bsf_en, 0x61, 1)						\
	F(mkc, en_rinval, 0x67, 1)					\
	F(mkc, pd, 0x68, 24)						\
	F(mkc, start_addr, 0x80, 64)					\
	F(mkc, len, 0xc0, 64)						\
	F(mkc, bsf_octword_size, 0x100, 32)				\
	F(mkc, translations_octword_size, 0x1a0, 32)			\
	F(mkc, relaxed_ordering_read, 0x1d9, 1)				\
	/* The headers say log_page_size, of 5 bits until 6.12. */	\
	N(mkc, log_entity_size, 0x1da, 6)				\
	N(mkc, crypto_en, 0x1e3, 2)					\
	Z(mkc, 64)							\

#define SACC_HCA_LAYOUT_MKEY(F, N, S, Z)				\
	F(create_mkey_in, mkey_umem_valid, 0x61, 1)			\
	S(create_mkey_in, memory_key_mkey_entry, 0x80, 0x200)		\
	F(create_mkey_in, translations_octword_actual_size, 0x300, 32)	\
	N(create_mkey_in, mkey_umem_id, 0x320, 32)			\
	N(create_mkey_in, mkey_umem_offset, 0x340, 64)			\
	/* The list of KLMs follows. */					\
	Z(create_mkey_in, 272)						\
	F(create_mkey_out, mkey_index, 0x48, 24)			\
	Z(create_mkey_out, 16)						\
	F(query_mkey_in, mkey_index, 0x48, 24)				\
	F(query_mkey_in, pg_access, 0x60, 1)				\
	Z(query_mkey_in, 16)						\
	S(query_mkey_out, memory_key_mkey_entry, 0x80, 0x200)		\
	N(query_mkey_out, klm, 0x880, 32)				\
	Z(query_mkey_out, 304)						\
	F(destroy_mkey_in, mkey_index, 0x48, 24)			\
	Z(destroy_mkey_in, 16)						\
	Z(destroy_mkey_out, 16)						\

#define SACC_HCA_LAYOUT_PSV(F, N, S, Z)					\
	F(create_psv_in, num_psv, 0x40, 4)				\
	F(create_psv_in, pd, 0x48, 24)					\
	Z(create_psv_in, 16)						\
	F(create_psv_out, psv0_index, 0x88, 24)				\
	Z(create_psv_out, 32)						\
	F(destroy_psv_in, psvn, 0x48, 24)				\
	Z(destroy_psv_in, 16)						\
	Z(destroy_psv_out, 16)						\

#define SACC_HCA_LAYOUTS_MKEY(F, N, S, Z)				\
	SACC_HCA_LAYOUT_MKC(F, N, S, Z)					\
	SACC_HCA_LAYOUT_MKEY(F, N, S, Z)				\
	SACC_HCA_LAYOUT_PSV(F, N, S, Z)					\

#endif
