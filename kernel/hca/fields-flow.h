/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layouts of steering: flow tables, groups and entries, what entries refer to, and
 * its capabilities. fields.h says what F, N, S and Z are.
 */
#ifndef SOFTACCEL_HCA_FIELDS_FLOW_H
#define SOFTACCEL_HCA_FIELDS_FLOW_H

/* The same in every command on tables, groups and entries. */
#define SACC_HCA_LAYOUT_FLOW_COMMON(F, N, S, Z)				\
	N(flow_in, other_vport, 0x40, 1)				\
	N(flow_in, table_type, 0x80, 8)					\
	N(flow_in, table_id, 0xa8, 24)					\
	N(flow_in, group_id, 0xc0, 32)					\
	N(flow_in, flow_index, 0x100, 32)				\

#define SACC_HCA_LAYOUT_FLOW_TABLE(F, N, S, Z)				\
	F(flow_table_context, reformat_en, 0x00, 1)			\
	F(flow_table_context, decap_en, 0x01, 1)			\
	F(flow_table_context, sw_owner, 0x02, 1)			\
	F(flow_table_context, termination_table, 0x03, 1)		\
	F(flow_table_context, table_miss_action, 0x04, 4)		\
	F(flow_table_context, level, 0x08, 8)				\
	F(flow_table_context, log_size, 0x18, 8)			\
	F(flow_table_context, table_miss_id, 0x28, 24)			\
	Z(flow_table_context, 40)					\
	F(create_flow_table_in, other_vport, 0x40, 1)			\
	F(create_flow_table_in, table_type, 0x80, 8)			\
	S(create_flow_table_in, flow_table_context, 0xc0, 0x140)	\
	Z(create_flow_table_in, 64)					\
	F(create_flow_table_out, table_id, 0x48, 24)			\
	Z(create_flow_table_out, 16)					\
	F(destroy_flow_table_in, table_type, 0x80, 8)			\
	F(destroy_flow_table_in, table_id, 0xa8, 24)			\
	Z(destroy_flow_table_in, 64)					\
	Z(destroy_flow_table_out, 16)					\
	F(query_flow_table_in, table_id, 0xa8, 24)			\
	Z(query_flow_table_in, 64)					\
	S(query_flow_table_out, flow_table_context, 0xc0, 0x140)	\
	Z(query_flow_table_out, 64)					\
	F(modify_flow_table_in, modify_field_select, 0x70, 16)		\
	F(modify_flow_table_in, table_id, 0xa8, 24)			\
	S(modify_flow_table_in, flow_table_context, 0xc0, 0x140)	\
	Z(modify_flow_table_in, 64)					\
	Z(modify_flow_table_out, 16)					\

#define SACC_HCA_LAYOUT_FLOW_GROUP(F, N, S, Z)				\
	F(create_flow_group_in, table_type, 0x80, 8)			\
	N(create_flow_group_in, group_type, 0x8c, 4)			\
	F(create_flow_group_in, table_id, 0xa8, 24)			\
	F(create_flow_group_in, start_flow_index, 0xe0, 32)		\
	F(create_flow_group_in, end_flow_index, 0x120, 32)		\
	F(create_flow_group_in, match_criteria_enable, 0x1f8, 8)	\
	S(create_flow_group_in, match_criteria, 0x200, 0x1000)		\
	Z(create_flow_group_in, 1024)					\
	F(create_flow_group_out, group_id, 0x48, 24)			\
	Z(create_flow_group_out, 16)					\
	F(destroy_flow_group_in, group_id, 0xc0, 32)			\
	Z(destroy_flow_group_in, 64)					\
	Z(destroy_flow_group_out, 16)					\
	F(query_flow_group_in, group_id, 0xc0, 32)			\
	Z(query_flow_group_in, 64)					\
	F(query_flow_group_out, start_flow_index, 0xe0, 32)		\
	F(query_flow_group_out, end_flow_index, 0x120, 32)		\
	F(query_flow_group_out, match_criteria_enable, 0x1f8, 8)	\
	S(query_flow_group_out, match_criteria, 0x200, 0x1000)		\
	Z(query_flow_group_out, 1024)					\

#define SACC_HCA_LAYOUT_FTE(F, N, S, Z)					\
	S(flow_context, push_vlan, 0x00, 0x20)				\
	F(flow_context, group_id, 0x20, 32)				\
	F(flow_context, flow_tag, 0x48, 24)				\
	F(flow_context, action, 0x70, 16)				\
	F(flow_context, extended_destination, 0x80, 1)			\
	F(flow_context, flow_source, 0x82, 2)				\
	F(flow_context, destination_list_size, 0x88, 24)		\
	F(flow_context, flow_counter_list_size, 0xa8, 24)		\
	F(flow_context, packet_reformat_id, 0xc0, 32)			\
	F(flow_context, modify_header_id, 0xe0, 32)			\
	S(flow_context, push_vlan_2, 0x100, 0x20)			\
	S(flow_context, match_value, 0x200, 0x1000)			\
	/* The destinations follow, then the counters: 8 bytes each. */	\
	Z(flow_context, 768)						\
	N(flow_destination, destination_type, 0x00, 8)			\
	N(flow_destination, destination_id, 0x08, 24)			\
	N(flow_destination, flow_counter_id, 0x00, 32)			\
	F(set_fte_in, table_type, 0x80, 8)				\
	F(set_fte_in, table_id, 0xa8, 24)				\
	F(set_fte_in, ignore_flow_level, 0xc0, 1)			\
	F(set_fte_in, modify_enable_mask, 0xd8, 8)			\
	F(set_fte_in, flow_index, 0x100, 32)				\
	S(set_fte_in, flow_context, 0x200, 0x1800)			\
	Z(set_fte_in, 832)						\
	Z(set_fte_out, 16)						\
	F(query_fte_in, flow_index, 0x100, 32)				\
	Z(query_fte_in, 64)						\
	S(query_fte_out, flow_context, 0x200, 0x1800)			\
	Z(query_fte_out, 832)						\
	F(delete_fte_in, flow_index, 0x100, 32)				\
	Z(delete_fte_in, 64)						\
	Z(delete_fte_out, 16)						\

#define SACC_HCA_LAYOUT_FLOW_ACTION(F, N, S, Z)				\
	F(packet_reformat_context_in, reformat_type, 0x00, 8)		\
	N(packet_reformat_context_in, reformat_param_0, 0x0c, 4)	\
	F(packet_reformat_context_in, reformat_data_size, 0x16, 10)	\
	N(packet_reformat_context_in, reformat_param_1, 0x20, 8)	\
	N(packet_reformat_context_in, reformat_data, 0x30, 16)		\
	N(alloc_packet_reformat_context_in, packet_reformat_context,	\
	  0xe0, 64)							\
	Z(alloc_packet_reformat_context_in, 36)				\
	F(alloc_packet_reformat_context_out, packet_reformat_id, 0x40, 32) \
	Z(alloc_packet_reformat_context_out, 16)			\
	F(dealloc_packet_reformat_context_in, packet_reformat_id, 0x40, 32) \
	Z(dealloc_packet_reformat_context_in, 16)			\
	Z(dealloc_packet_reformat_context_out, 16)			\
	F(query_packet_reformat_context_in, packet_reformat_id, 0x40, 32) \
	Z(query_packet_reformat_context_in, 32)				\
	N(query_packet_reformat_context_out, packet_reformat_context,	\
	  0xe0, 64)							\
	F(alloc_modify_header_context_in, table_type, 0x60, 8)		\
	F(alloc_modify_header_context_in, num_of_actions, 0x78, 8)	\
	/* The actions follow: 8 bytes each. */				\
	Z(alloc_modify_header_context_in, 16)				\
	F(alloc_modify_header_context_out, modify_header_id, 0x40, 32)	\
	Z(alloc_modify_header_context_out, 16)				\
	F(dealloc_modify_header_context_in, modify_header_id, 0x40, 32)	\
	Z(dealloc_modify_header_context_in, 16)				\
	Z(dealloc_modify_header_context_out, 16)			\
	F(query_modify_header_context_in, modify_header_id, 0x40, 32)	\
	Z(query_modify_header_context_in, 32)				\
	N(query_modify_header_context_out, table_type, 0x60, 8)		\
	N(query_modify_header_context_out, num_of_actions, 0x78, 8)	\
	N(set_action_in, action_type, 0x00, 4)				\

#define SACC_HCA_LAYOUT_FLOW_CAPS(F, N, S, Z)				\
	F(flow_table_nic_cap, log_max_packet_reformat_context, 0x2b, 5)	\
	F(flow_table_nic_cap, max_encap_header_size, 0x36, 10)		\
	S(flow_table_nic_cap, flow_table_properties_nic_receive,	\
	  0x200, 0x200)							\
	S(flow_table_nic_cap, flow_table_properties_nic_receive_rdma,	\
	  0x400, 0x200)							\
	S(flow_table_nic_cap, flow_table_properties_nic_transmit,	\
	  0x800, 0x200)							\
	S(flow_table_nic_cap, flow_table_properties_nic_transmit_rdma,	\
	  0xa00, 0x200)							\
	F(flow_table_prop_layout, ft_support, 0x00, 1)			\
	F(flow_table_prop_layout, flow_counter, 0x02, 1)		\
	F(flow_table_prop_layout, flow_modify_en, 0x03, 1)		\
	F(flow_table_prop_layout, identified_miss_table_mode, 0x05, 1)	\
	F(flow_table_prop_layout, flow_table_modify, 0x06, 1)		\
	F(flow_table_prop_layout, reformat, 0x07, 1)			\
	F(flow_table_prop_layout, decap, 0x08, 1)			\
	F(flow_table_prop_layout, pop_vlan, 0x0a, 1)			\
	F(flow_table_prop_layout, push_vlan, 0x0b, 1)			\
	F(flow_table_prop_layout, pop_vlan_2, 0x0d, 1)			\
	F(flow_table_prop_layout, push_vlan_2, 0x0e, 1)			\
	F(flow_table_prop_layout, reformat_l3_tunnel_to_l2, 0x12, 1)	\
	F(flow_table_prop_layout, reformat_l2_to_l3_tunnel, 0x13, 1)	\
	F(flow_table_prop_layout, log_max_ft_size, 0x22, 6)		\
	F(flow_table_prop_layout, log_max_modify_header_context, 0x28, 8) \
	F(flow_table_prop_layout, max_modify_header_actions, 0x30, 8)	\
	F(flow_table_prop_layout, max_ft_level, 0x38, 8)		\
	F(flow_table_prop_layout, log_max_ft_num, 0x78, 8)		\
	F(flow_table_prop_layout, log_max_flow_counter, 0x90, 8)	\
	F(flow_table_prop_layout, log_max_destination, 0x98, 8)		\
	F(flow_table_prop_layout, log_max_flow, 0xb8, 8)		\
	Z(flow_table_prop_layout, 64)					\

#define SACC_HCA_LAYOUTS_FLOW(F, N, S, Z)				\
	SACC_HCA_LAYOUT_FLOW_COMMON(F, N, S, Z)				\
	SACC_HCA_LAYOUT_FLOW_TABLE(F, N, S, Z)				\
	SACC_HCA_LAYOUT_FLOW_GROUP(F, N, S, Z)				\
	SACC_HCA_LAYOUT_FTE(F, N, S, Z)					\
	SACC_HCA_LAYOUT_FLOW_ACTION(F, N, S, Z)				\
	SACC_HCA_LAYOUT_FLOW_CAPS(F, N, S, Z)				\

#endif
