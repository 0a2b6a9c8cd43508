/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layouts of counters, scheduling elements, general objects, and of queries that
 * concern ports; more capabilities. fields.h says what F, N, S and Z are.
 */
#ifndef SOFTACCEL_HCA_FIELDS_MISC_H
#define SOFTACCEL_HCA_FIELDS_MISC_H

#define SACC_HCA_LAYOUT_COUNTER(F, N, S, Z)				\
	F(alloc_flow_counter_in, flow_counter_bulk_log_size, 0x73, 5)	\
	F(alloc_flow_counter_in, flow_counter_bulk, 0x78, 8)		\
	Z(alloc_flow_counter_in, 16)					\
	F(alloc_flow_counter_out, flow_counter_id, 0x40, 32)		\
	Z(alloc_flow_counter_out, 16)					\
	F(dealloc_flow_counter_in, flow_counter_id, 0x40, 32)		\
	Z(dealloc_flow_counter_in, 16)					\
	Z(dealloc_flow_counter_out, 16)					\
	F(query_flow_counter_in, clear, 0xc0, 1)			\
	/* The headers say num_of_counters, of 16 bits. */		\
	N(query_flow_counter_in, dump_to_memory, 0xc1, 1)		\
	N(query_flow_counter_in, num_of_counters, 0xc2, 30)		\
	F(query_flow_counter_in, flow_counter_id, 0xe0, 32)		\
	Z(query_flow_counter_in, 32)					\
	Z(query_flow_counter_out, 16)					\
	F(traffic_counter, packets, 0x00, 64)				\
	F(traffic_counter, octets, 0x40, 64)				\
	Z(traffic_counter, 16)						\
	Z(alloc_q_counter_in, 16)					\
	F(alloc_q_counter_out, counter_set_id, 0x58, 8)			\
	Z(alloc_q_counter_out, 16)					\
	F(dealloc_q_counter_in, counter_set_id, 0x58, 8)		\
	Z(dealloc_q_counter_in, 16)					\
	Z(dealloc_q_counter_out, 16)					\
	F(query_q_counter_in, clear, 0xc0, 1)				\
	F(query_q_counter_in, counter_set_id, 0xf8, 8)			\
	Z(query_q_counter_in, 32)					\
	Z(query_q_counter_out, 256)					\

#define SACC_HCA_LAYOUT_SCHED(F, N, S, Z)				\
	F(scheduling_context, element_type, 0x00, 8)			\
	F(scheduling_context, element_attributes, 0x20, 32)		\
	F(scheduling_context, parent_element_id, 0x40, 32)		\
	F(scheduling_context, bw_share, 0xa0, 32)			\
	F(scheduling_context, max_average_bw, 0xc0, 32)			\
	Z(scheduling_context, 64)					\
	F(create_scheduling_element_in, scheduling_hierarchy, 0x40, 8)	\
	S(create_scheduling_element_in, scheduling_context, 0x100, 0x200) \
	Z(create_scheduling_element_in, 128)				\
	F(create_scheduling_element_out, scheduling_element_id, 0x80, 32) \
	Z(create_scheduling_element_out, 64)				\
	F(query_scheduling_element_in, scheduling_hierarchy, 0x40, 8)	\
	F(query_scheduling_element_in, scheduling_element_id, 0x60, 32)	\
	Z(query_scheduling_element_in, 64)				\
	S(query_scheduling_element_out, scheduling_context, 0x100, 0x200) \
	Z(query_scheduling_element_out, 128)				\
	F(modify_scheduling_element_in, scheduling_element_id, 0x60, 32) \
	F(modify_scheduling_element_in, modify_bitmask, 0xa0, 32)	\
	S(modify_scheduling_element_in, scheduling_context, 0x100, 0x200) \
	Z(modify_scheduling_element_in, 128)				\
	F(destroy_scheduling_element_in, scheduling_element_id, 0x60, 32) \
	Z(destroy_scheduling_element_in, 64)				\

#define SACC_HCA_LAYOUT_GENERAL(F, N, S, Z)				\
	F(general_obj_in_cmd_hdr, opcode, 0x00, 16)			\
	F(general_obj_in_cmd_hdr, uid, 0x10, 16)			\
	F(general_obj_in_cmd_hdr, obj_type, 0x30, 16)			\
	F(general_obj_in_cmd_hdr, obj_id, 0x40, 32)			\
	N(general_obj_in_cmd_hdr, log_obj_range, 0x63, 5)		\
	Z(general_obj_in_cmd_hdr, 16)					\
	F(general_obj_out_cmd_hdr, obj_id, 0x40, 32)			\
	Z(general_obj_out_cmd_hdr, 16)					\
	N(encryption_key_obj, sw_wrapped, 0x48, 1)			\
	F(encryption_key_obj, key_size, 0x54, 4)			\
	N(encryption_key_obj, has_keytag, 0x58, 1)			\
	N(encryption_key_obj, key_purpose, 0x5c, 4)			\
	F(encryption_key_obj, pd, 0x68, 24)				\
	N(encryption_key_obj, opaque, 0x180, 64)			\
	/* 1024 bits of it, and more behind that nobody needs */	\
	N(encryption_key_obj, key, 0x200, 32)				\
	N(sched_elem_obj, modify_field_select, 0x00, 64)		\
	N(sched_elem_obj, scheduling_hierarchy, 0x40, 8)		\
	N(sched_elem_obj, scheduling_context, 0x100, 32)		\
	/* Eight samples of 16 bytes, then sixteen arcs of 16 bytes */	\
	N(parse_graph_flex, sample_table, 0x100, 32)			\
	N(parse_graph_flow_match_sample, flow_match_sample_en, 0x00, 1)	\
	N(parse_graph_flow_match_sample, flow_match_sample_field_id,	\
	  0x60, 32)							\

#define SACC_HCA_LAYOUT_PORT_QUERY(F, N, S, Z)				\
	F(query_hca_vport_gid_in, other_vport, 0x40, 1)			\
	F(query_hca_vport_gid_in, port_num, 0x4c, 4)			\
	F(query_hca_vport_gid_in, gid_index, 0x70, 16)			\
	Z(query_hca_vport_gid_in, 16)					\
	F(query_hca_vport_gid_out, gids_num, 0x60, 16)			\
	Z(query_hca_vport_gid_out, 16)					\
	F(query_hca_vport_pkey_in, other_vport, 0x40, 1)		\
	F(query_hca_vport_pkey_in, port_num, 0x4c, 4)			\
	F(query_hca_vport_pkey_in, pkey_index, 0x70, 16)		\
	Z(query_hca_vport_pkey_in, 16)					\
	Z(query_hca_vport_pkey_out, 16)					\
	F(query_roce_address_in, roce_address_index, 0x40, 16)		\
	F(query_roce_address_in, vhca_port_num, 0x5c, 4)		\
	Z(query_roce_address_in, 16)					\
	S(query_roce_address_out, roce_address, 0x80, 0x100)		\
	Z(query_roce_address_out, 48)					\
	F(set_roce_address_in, roce_address_index, 0x40, 16)		\
	F(set_roce_address_in, vhca_port_num, 0x5c, 4)			\
	S(set_roce_address_in, roce_address, 0x80, 0x100)		\
	Z(set_roce_address_in, 48)					\
	Z(set_roce_address_out, 16)					\
	F(query_vnic_env_in, other_vport, 0x40, 1)			\
	Z(query_vnic_env_in, 16)					\
	F(query_vport_counter_in, other_vport, 0x40, 1)			\
	F(query_vport_counter_in, port_num, 0x4c, 4)			\
	Z(query_vport_counter_in, 32)					\
	Z(query_vport_counter_out, 528)					\
	Z(get_dropped_packet_log_in, 16)				\
	Z(get_dropped_packet_log_out, 208)				\
	F(query_cong_status_in, cong_protocol, 0x5c, 4)			\
	Z(query_cong_status_in, 16)					\
	Z(query_cong_status_out, 16)					\
	F(query_cong_params_in, cong_protocol, 0x5c, 4)			\
	Z(query_cong_params_in, 16)					\
	Z(query_cong_params_out, 272)					\
	Z(query_cong_statistics_in, 16)					\
	Z(query_cong_statistics_out, 272)				\
	F(access_register_in, register_id, 0x50, 16)			\
	Z(access_register_in, 16)					\

#define SACC_HCA_LAYOUT_CAPS_MISC(F, N, S, Z)				\
	N(cmd_hca_cap, access_register_user, 0xd2, 1)			\
	F(cmd_hca_cap, relaxed_ordering_write, 0xe8, 1)			\
	F(cmd_hca_cap, log_max_mkey, 0xea, 6)				\
	F(cmd_hca_cap, max_indirection, 0x100, 8)			\
	F(cmd_hca_cap, fixed_buffer_size, 0x108, 1)			\
	F(cmd_hca_cap, log_max_mrw_sz, 0x109, 7)			\
	F(cmd_hca_cap, log_max_klm_list_size, 0x11a, 6)			\
	F(cmd_hca_cap, cc_query_allowed, 0x161, 1)			\
	F(cmd_hca_cap, gid_table_size, 0x170, 16)			\
	F(cmd_hca_cap, max_qp_cnt, 0x186, 10)				\
	F(cmd_hca_cap, nic_flow_table, 0x1a6, 1)			\
	F(cmd_hca_cap, roce, 0x21d, 1)					\
	F(cmd_hca_cap, max_flow_counter_31_16, 0x2c0, 16)		\
	F(cmd_hca_cap, flow_counter_bulk_alloc, 0x310, 8)		\
	F(cmd_hca_cap, log_max_flow_counter_bulk, 0x348, 8)		\
	F(cmd_hca_cap, max_flow_counter_15_0, 0x350, 16)		\
	F(cmd_hca_cap, general_obj_types, 0x400, 64)			\
	F(cmd_hca_cap, log_max_dek, 0x5b3, 5)				\
	N(cmd_hca_cap_2, log_max_num_reserved_qpn, 0x8b, 5)		\
	N(cmd_hca_cap_2, log_reserved_qpn_granularity, 0x93, 5)		\
	N(cmd_hca_cap_2, log_reserved_qpn_max_alloc, 0x9b, 5)		\
	F(roce_cap, l3_type, 0x8c, 4)					\
	F(roce_cap, roce_version, 0x98, 8)				\
	F(roce_cap, roce_address_table_size, 0xf0, 16)			\

#define SACC_HCA_LAYOUTS_MISC(F, N, S, Z)				\
	SACC_HCA_LAYOUT_COUNTER(F, N, S, Z)				\
	SACC_HCA_LAYOUT_SCHED(F, N, S, Z)				\
	SACC_HCA_LAYOUT_GENERAL(F, N, S, Z)				\
	SACC_HCA_LAYOUT_PORT_QUERY(F, N, S, Z)				\
	SACC_HCA_LAYOUT_CAPS_MISC(F, N, S, Z)				\

#endif
