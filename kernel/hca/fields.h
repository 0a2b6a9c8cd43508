/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layouts of the command interface: for every structure that the model reads or
 * writes, the bit offset (from the most significant bit of the first byte) and
 * the width of its fields, under the names of the programmer's reference manual.
 *
 * Each layout is a list of
 *	F(structure, field, bit offset, bits)	a field
 *	N(structure, field, bit offset, bits)	a field that some kernel's header
 *						lacks or has otherwise
 *	S(structure, field, bit offset, bits)	a structure inside
 *	Z(structure, bytes)			the length of the structure
 * SACC_HCA_LAYOUTS() is all of them. devx/prm_check.c compares F, S and Z with
 * the header of the kernel that is built for, so mark as N what any supported
 * kernel does not have, or had narrower.
 *
 * A field of up to 32 bits lies within one big-endian 32-bit word, one of 64
 * bits begins at one: checked below at compile time.
 */
#ifndef SOFTACCEL_HCA_FIELDS_H
#define SOFTACCEL_HCA_FIELDS_H

#include "fields-flow.h"
#include "fields-misc.h"
#include "fields-mkey.h"
#include "fields-queue.h"
#include "port.h"

/* What all commands and replies begin with. */
#define SACC_HCA_LAYOUT_HEADER(F, N, S, Z)				\
	N(cmd_in, opcode, 0x00, 16)					\
	N(cmd_in, uid, 0x10, 16)					\
	N(cmd_in, op_mod, 0x30, 16)					\
	N(cmd_in, obj_id, 0x48, 24)					\
	N(cmd_in, long_id, 0x40, 32)					\
	N(cmd_out, status, 0x00, 8)					\
	N(cmd_out, syndrome, 0x20, 32)					\
	N(cmd_out, obj_id, 0x48, 24)					\
	N(cmd_out, long_id, 0x40, 32)					\

#define SACC_HCA_LAYOUT_PD(F, N, S, Z)					\
	F(alloc_pd_in, opcode, 0x00, 16)				\
	F(alloc_pd_in, uid, 0x10, 16)					\
	F(alloc_pd_in, op_mod, 0x30, 16)				\
	Z(alloc_pd_in, 16)						\
	F(alloc_pd_out, status, 0x00, 8)				\
	F(alloc_pd_out, syndrome, 0x20, 32)				\
	F(alloc_pd_out, pd, 0x48, 24)					\
	Z(alloc_pd_out, 16)						\
	F(dealloc_pd_in, pd, 0x48, 24)					\
	Z(dealloc_pd_in, 16)						\
	Z(dealloc_pd_out, 16)						\
	Z(alloc_transport_domain_in, 16)				\
	F(alloc_transport_domain_out, transport_domain, 0x48, 24)	\
	Z(alloc_transport_domain_out, 16)				\
	F(dealloc_transport_domain_in, transport_domain, 0x48, 24)	\
	Z(dealloc_transport_domain_in, 16)				\
	Z(dealloc_transport_domain_out, 16)				\

#define SACC_HCA_LAYOUT_CQC(F, N, S, Z)					\
	F(cqc, status, 0x00, 4)						\
	F(cqc, dbr_umem_valid, 0x06, 1)					\
	F(cqc, apu_cq, 0x07, 1)						\
	F(cqc, cqe_sz, 0x08, 3)						\
	F(cqc, cc, 0x0b, 1)						\
	F(cqc, scqe_break_moderation_en, 0x0d, 1)			\
	F(cqc, oi, 0x0e, 1)						\
	F(cqc, cq_period_mode, 0x0f, 2)					\
	F(cqc, cqe_comp_en, 0x11, 1)					\
	F(cqc, mini_cqe_res_format, 0x12, 2)				\
	F(cqc, st, 0x14, 4)						\
	F(cqc, cqe_compression_layout, 0x1e, 2)				\
	N(cqc, dbr_umem_id, 0x20, 32)					\
	F(cqc, page_offset, 0x54, 6)					\
	N(cqc, mini_cqe_res_format_ext, 0x5c, 2)			\
	N(cqc, cq_timestamp_format, 0x5e, 2)				\
	F(cqc, log_cq_size, 0x63, 5)					\
	F(cqc, uar_page, 0x68, 24)					\
	F(cqc, cq_period, 0x84, 12)					\
	F(cqc, cq_max_count, 0x90, 16)					\
	F(cqc, c_eqn_or_apu_element, 0xa0, 32)				\
	F(cqc, log_page_size, 0xc3, 5)					\
	F(cqc, last_notified_index, 0x108, 24)				\
	F(cqc, last_solicit_index, 0x128, 24)				\
	F(cqc, consumer_counter, 0x148, 24)				\
	F(cqc, producer_counter, 0x168, 24)				\
	F(cqc, dbr_addr, 0x1c0, 64)					\
	Z(cqc, 64)							\

#define SACC_HCA_LAYOUT_CQ(F, N, S, Z)					\
	S(create_cq_in, cq_context, 0x80, 0x200)			\
	N(create_cq_in, cq_umem_offset, 0x280, 64)			\
	N(create_cq_in, cq_umem_id, 0x2c0, 32)				\
	F(create_cq_in, cq_umem_valid, 0x2e0, 1)			\
	Z(create_cq_in, 272)						\
	F(create_cq_out, cqn, 0x48, 24)					\
	Z(create_cq_out, 16)						\
	F(destroy_cq_in, cqn, 0x48, 24)					\
	Z(destroy_cq_in, 16)						\
	Z(destroy_cq_out, 16)						\
	F(query_cq_in, cqn, 0x48, 24)					\
	Z(query_cq_in, 16)						\
	S(query_cq_out, cq_context, 0x80, 0x200)			\
	F(modify_cq_in, cqn, 0x48, 24)					\
	N(modify_cq_in, modify_field_select, 0x60, 32)			\
	S(modify_cq_in, cq_context, 0x80, 0x200)			\
	Z(modify_cq_in, 272)						\
	Z(modify_cq_out, 16)						\

#define SACC_HCA_LAYOUT_QUERY(F, N, S, Z)				\
	Z(nop_in, 16)							\
	Z(nop_out, 16)							\
	Z(query_adapter_in, 16)						\
	S(query_adapter_out, query_adapter_struct, 0x80, 0x800)		\
	Z(query_adapter_out, 272)					\
	F(query_adapter_param_block, ieee_vendor_id, 0xc8, 24)		\
	F(query_adapter_param_block, vsd_vendor_id, 0xf0, 16)		\
	S(query_adapter_param_block, vsd_contd_psid, 0x780, 0x80)	\
	Z(query_issi_in, 16)						\
	F(query_issi_out, current_issi, 0x50, 16)			\
	F(query_issi_out, supported_issi_dw0, 0x360, 32)		\
	Z(query_issi_out, 112)						\
	Z(query_lag_in, 16)						\
	S(query_lag_out, ctx, 0x40, 0x40)				\
	Z(query_lag_out, 16)						\
	F(lagc, lag_state, 0x1d, 3)					\
	Z(lagc, 8)							\

#define SACC_HCA_LAYOUT_VPORT(F, N, S, Z)				\
	F(query_vport_state_in, other_vport, 0x40, 1)			\
	F(query_vport_state_in, vport_number, 0x50, 16)			\
	Z(query_vport_state_in, 16)					\
	F(query_vport_state_out, admin_state, 0x78, 4)			\
	F(query_vport_state_out, state, 0x7c, 4)			\
	Z(query_vport_state_out, 16)					\
	F(query_hca_vport_context_in, other_vport, 0x40, 1)		\
	F(query_hca_vport_context_in, port_num, 0x4c, 4)		\
	F(query_hca_vport_context_in, vport_number, 0x50, 16)		\
	Z(query_hca_vport_context_in, 16)				\
	S(query_hca_vport_context_out, hca_vport_context, 0x80, 0x1000)	\
	Z(query_hca_vport_context_out, 528)				\
	F(hca_vport_context, port_physical_state, 0x110, 4)		\
	F(hca_vport_context, port_state, 0x118, 4)			\
	F(hca_vport_context, vport_state, 0x11c, 4)			\
	F(hca_vport_context, system_image_guid, 0x140, 64)		\
	F(hca_vport_context, port_guid, 0x180, 64)			\
	F(hca_vport_context, node_guid, 0x1c0, 64)			\
	F(hca_vport_context, lid, 0x300, 16)				\
	F(query_nic_vport_context_in, other_vport, 0x40, 1)		\
	F(query_nic_vport_context_in, vport_number, 0x50, 16)		\
	F(query_nic_vport_context_in, allowed_list_type, 0x65, 3)	\
	Z(query_nic_vport_context_in, 16)				\
	S(query_nic_vport_context_out, nic_vport_context, 0x80, 0x800)	\
	F(nic_vport_context, min_wqe_inline_mode, 0x05, 3)		\
	F(nic_vport_context, roce_en, 0x1f, 1)				\
	F(nic_vport_context, mtu, 0x130, 16)				\
	F(nic_vport_context, system_image_guid, 0x140, 64)		\
	F(nic_vport_context, port_guid, 0x180, 64)			\
	F(nic_vport_context, node_guid, 0x1c0, 64)			\
	F(nic_vport_context, allowed_list_type, 0x785, 3)		\
	/* 12 bits until four reserved ones before them joined (by 7.2) */ \
	N(nic_vport_context, allowed_list_size, 0x790, 16)		\
	S(nic_vport_context, permanent_address, 0x7a0, 0x40)		\
	F(mac_address_layout, mac_addr_47_32, 0x10, 16)			\
	F(mac_address_layout, mac_addr_31_0, 0x20, 32)			\
	Z(mac_address_layout, 8)					\

#define SACC_HCA_LAYOUT_CAPS(F, N, S, Z)				\
	F(query_hca_cap_in, op_mod, 0x30, 16)				\
	F(query_hca_cap_in, other_function, 0x40, 1)			\
	Z(query_hca_cap_in, 16)						\
	S(query_hca_cap_out, capability, 0x80, 0x8000)			\
	Z(query_hca_cap_out, 4112)					\
	F(cmd_hca_cap, hca_cap_2, 0x20, 1)				\
	F(cmd_hca_cap, vhca_id, 0x30, 16)				\
	F(cmd_hca_cap, log_max_cq_sz, 0xc8, 8)				\
	F(cmd_hca_cap, log_max_cq, 0xdb, 5)				\
	F(cmd_hca_cap, log_max_eq, 0xfc, 4)				\
	F(cmd_hca_cap, port_type, 0x1b6, 2)				\
	F(cmd_hca_cap, num_ports, 0x1b8, 8)				\
	F(cmd_hca_cap, log_max_msg, 0x1c3, 5)				\
	F(cmd_hca_cap, cqe_version, 0x1fc, 4)				\
	F(cmd_hca_cap, cq_oi, 0x220, 1)					\
	F(cmd_hca_cap, cq_resize, 0x221, 1)				\
	F(cmd_hca_cap, cq_moderation, 0x222, 1)				\
	N(cmd_hca_cap, cq_period_mode_modify, 0x223, 1)			\
	F(cmd_hca_cap, cq_eq_remap, 0x226, 1)				\
	F(cmd_hca_cap, cq_period_start_from_cqe, 0x22b, 1)		\
	F(cmd_hca_cap, uar_4k, 0x240, 1)				\
	F(cmd_hca_cap, uar_sz, 0x24a, 6)				\
	F(cmd_hca_cap, log_pg_sz, 0x258, 8)				\
	F(cmd_hca_cap, bf, 0x260, 1)					\
	F(cmd_hca_cap, log_bf_reg_size, 0x26b, 5)			\
	F(cmd_hca_cap, log_max_transport_domain, 0x323, 5)		\
	F(cmd_hca_cap, log_max_pd, 0x32b, 5)				\
	F(cmd_hca_cap, log_max_uctx, 0x463, 5)				\
	F(cmd_hca_cap, log_max_umem, 0x46b, 5)				\
	F(cmd_hca_cap, max_num_eqs, 0x470, 16)				\
	F(cmd_hca_cap, log_uar_page_sz, 0x490, 16)			\
	F(cmd_hca_cap, num_of_uars_per_page, 0x520, 32)			\
	F(cmd_hca_cap, uctx_cap, 0x6a0, 32)				\

#define SACC_HCA_LAYOUT_EQE(F, N, S, Z)					\
	F(eqe, event_type, 0x08, 8)					\
	F(eqe, event_sub_type, 0x18, 8)					\
	S(eqe, event_data, 0x100, 0xe0)					\
	Z(eqe, 64)							\
	F(cq_error, cqn, 0x08, 24)					\
	F(cq_error, syndrome, 0x58, 8)					\
	F(port_state_change_event, port_num, 0x40, 4)			\

#define SACC_HCA_LAYOUT_CAPS_QUEUE(F, N, S, Z)				\
	F(cmd_hca_cap, log_max_srq_sz, 0x80, 8)				\
	F(cmd_hca_cap, log_max_qp_sz, 0x88, 8)				\
	F(cmd_hca_cap, log_max_qp, 0x9b, 5)				\
	F(cmd_hca_cap, log_max_srq, 0xab, 5)				\
	F(cmd_hca_cap, log_max_ra_req_qp, 0x14a, 6)			\
	F(cmd_hca_cap, log_max_ra_res_qp, 0x15a, 6)			\
	F(cmd_hca_cap, modify_rq_counter_set_id, 0x184, 1)		\
	F(cmd_hca_cap, pkey_table_size, 0x190, 16)			\
	F(cmd_hca_cap, ud, 0x23d, 1)					\
	F(cmd_hca_cap, uc, 0x23e, 1)					\
	F(cmd_hca_cap, rc, 0x23f, 1)					\
	F(cmd_hca_cap, max_wqe_sz_sq, 0x290, 16)			\
	F(cmd_hca_cap, max_wqe_sz_rq, 0x2b0, 16)			\
	F(cmd_hca_cap, log_max_rq, 0x363, 5)				\
	F(cmd_hca_cap, log_max_sq, 0x36b, 5)				\
	F(cmd_hca_cap, log_max_tir, 0x373, 5)				\
	F(cmd_hca_cap, log_max_tis, 0x37b, 5)				\
	F(cmd_hca_cap, log_max_rmp, 0x383, 5)				\
	F(cmd_hca_cap, log_max_rqt, 0x38b, 5)				\
	F(cmd_hca_cap, log_max_rqt_size, 0x393, 5)			\
	F(cmd_hca_cap, log_max_tis_per_sq, 0x39b, 5)			\
	F(cmd_hca_cap, log_max_stride_sz_rq, 0x3a3, 5)			\
	F(cmd_hca_cap, log_min_stride_sz_rq, 0x3ab, 5)			\
	F(cmd_hca_cap, log_max_stride_sz_sq, 0x3b3, 5)			\
	F(cmd_hca_cap, log_min_stride_sz_sq, 0x3bb, 5)			\
	F(cmd_hca_cap, log_max_wq_sz, 0x3db, 5)				\
	F(cmd_hca_cap, sq_ts_format, 0x440, 2)				\
	F(cmd_hca_cap, rq_ts_format, 0x442, 2)				\

#define SACC_HCA_LAYOUTS(F, N, S, Z)					\
	SACC_HCA_LAYOUT_HEADER(F, N, S, Z)				\
	SACC_HCA_LAYOUT_PD(F, N, S, Z)					\
	SACC_HCA_LAYOUT_CQC(F, N, S, Z)					\
	SACC_HCA_LAYOUT_CQ(F, N, S, Z)					\
	SACC_HCA_LAYOUT_QUERY(F, N, S, Z)				\
	SACC_HCA_LAYOUT_VPORT(F, N, S, Z)				\
	SACC_HCA_LAYOUT_CAPS(F, N, S, Z)				\
	SACC_HCA_LAYOUT_EQE(F, N, S, Z)					\
	SACC_HCA_LAYOUT_CAPS_QUEUE(F, N, S, Z)				\
	SACC_HCA_LAYOUTS_QUEUE(F, N, S, Z)				\
	SACC_HCA_LAYOUTS_MKEY(F, N, S, Z)				\
	SACC_HCA_LAYOUTS_FLOW(F, N, S, Z)				\
	SACC_HCA_LAYOUTS_MISC(F, N, S, Z)				\

#define SACC_HCA_FIELD_ENUM(s, f, off, bits)				\
	SACC_PRM_##s##__##f##__OFF = (off),				\
	SACC_PRM_##s##__##f##__BITS = (bits),
#define SACC_HCA_SIZE_ENUM(s, bytes)	SACC_PRM_##s##__BYTES = (bytes),

enum sacc_hca_prm {
	SACC_HCA_LAYOUTS(SACC_HCA_FIELD_ENUM, SACC_HCA_FIELD_ENUM,
			 SACC_HCA_FIELD_ENUM, SACC_HCA_SIZE_ENUM)
};

#define SACC_HCA_FIELD_CHECK(s, f, off, bits)				\
	static_assert(((off) % 32 + (bits) <= 32) ||			\
		      ((bits) == 64 && (off) % 32 == 0), #s "." #f);
#define SACC_HCA_STRUCT_CHECK(s, f, off, bits)				\
	static_assert((off) % 8 == 0 && (bits) % 8 == 0, #s "." #f);
#define SACC_HCA_SIZE_CHECK(s, bytes)	static_assert((bytes) > 0, #s);

SACC_HCA_LAYOUTS(SACC_HCA_FIELD_CHECK, SACC_HCA_FIELD_CHECK,
		 SACC_HCA_STRUCT_CHECK, SACC_HCA_SIZE_CHECK)

static inline u32 sacc_hca_load32(const void *p, u32 byte)
{
	__be32 word;

	memcpy(&word, (const u8 *)p + byte, sizeof(word));
	return be32_to_cpu(word);
}

static inline void sacc_hca_store32(void *p, u32 byte, u32 value)
{
	__be32 word = cpu_to_be32(value);

	memcpy((u8 *)p + byte, &word, sizeof(word));
}

static inline u64 sacc_hca_field_get(const void *p, u32 off, u32 bits)
{
	u32 byte = off / 32 * 4;

	if (bits == 64)
		return (u64)sacc_hca_load32(p, byte) << 32 |
		       sacc_hca_load32(p, byte + 4);
	return sacc_hca_load32(p, byte) >> (32 - off % 32 - bits) &
	       (0xffffffffu >> (32 - bits));
}

static inline void sacc_hca_field_set(void *p, u32 off, u32 bits, u64 value)
{
	u32 byte = off / 32 * 4, shift, mask;

	if (bits == 64) {
		sacc_hca_store32(p, byte, (u32)(value >> 32));
		sacc_hca_store32(p, byte + 4, (u32)value);
		return;
	}
	shift = 32 - off % 32 - bits;
	mask = (0xffffffffu >> (32 - bits)) << shift;
	sacc_hca_store32(p, byte, (sacc_hca_load32(p, byte) & ~mask) |
				  ((u32)value << shift & mask));
}

#define SACC_HCA_OFF(s, f)	((u32)SACC_PRM_##s##__##f##__OFF)
#define SACC_HCA_BITS(s, f)	((u32)SACC_PRM_##s##__##f##__BITS)
/* Length of a structure in bytes. */
#define SACC_HCA_BYTES(s)	((u32)SACC_PRM_##s##__BYTES)

/* Fields of up to 32 bits are u32, the others u64; set cuts off what is over. */
#define sacc_hca_get(s, p, f)						\
	((u32)sacc_hca_field_get((p), SACC_HCA_OFF(s, f), SACC_HCA_BITS(s, f)))
#define sacc_hca_get64(s, p, f)						\
	sacc_hca_field_get((p), SACC_HCA_OFF(s, f), SACC_HCA_BITS(s, f))
#define sacc_hca_set(s, p, f, value)					\
	sacc_hca_field_set((p), SACC_HCA_OFF(s, f), SACC_HCA_BITS(s, f), (value))

/* The structure @f inside structure @p, for reading and for writing. */
#define sacc_hca_at(s, p, f)	((const void *)((const u8 *)(p) +	\
						SACC_HCA_OFF(s, f) / 8))
#define sacc_hca_at_rw(s, p, f)	((void *)((u8 *)(p) + SACC_HCA_OFF(s, f) / 8))

#endif
