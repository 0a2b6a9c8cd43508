/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why commands on memory keys, steering, counters, scheduling elements and general
 * objects are refused: part of the list in syndromes.h. The upper half names the
 * subject: 0x5ac8 memory keys and PSVs, 0x5ac9 steering, 0x5aca counters, 0x5acb
 * general objects, 0x5acc scheduling elements, 0x5acd what concerns ports.
 */
#ifndef SOFTACCEL_HCA_SYNDROMES_CONTROL_H
#define SOFTACCEL_HCA_SYNDROMES_CONTROL_H

#define SACC_HCA_SYNDROMES_CONTROL(X)					\
	X(MKEY_MODE, 0x5ac80001, BAD_PARAM,				\
	  "The access mode of the memory key is none of PA, MTT, KLM and KSM.") \
	X(MKEY_PA, 0x5ac80002, BAD_PARAM,				\
	  "Memory keys to physical addresses are for the kernel only.")	\
	X(MKEY_BSF, 0x5ac80003, BAD_PARAM,				\
	  "The memory key asks for BSFs or crypto, which the device does not have.") \
	X(MKEY_PD, 0x5ac80004, BAD_RESOURCE,				\
	  "pd of the memory key is no protection domain of this uid.")	\
	X(MKEY_RANGE, 0x5ac80005, BAD_PARAM,				\
	  "start_addr and len of the memory key go beyond the last address.") \
	X(MKEY_ENTITY_SIZE, 0x5ac80006, BAD_PARAM,			\
	  "log_entity_size of the memory key is out of range.")		\
	X(MKEY_NO_UMEM, 0x5ac80007, BAD_PARAM,				\
	  "mkey_umem_valid is clear: the device makes MTT keys from umems only.") \
	X(MKEY_UMEM, 0x5ac80008, BAD_RESOURCE,				\
	  "mkey_umem_id is no umem of this uid.")			\
	X(MKEY_UMEM_MODE, 0x5ac80009, BAD_PARAM,			\
	  "mkey_umem_valid is set, but the access mode takes no umem.")	\
	X(MKEY_UMEM_RANGE, 0x5ac8000a, BAD_PARAM,			\
	  "The memory key reaches beyond the end of its umem.")		\
	X(MKEY_UMEM_READ_ONLY, 0x5ac8000b, BAD_PARAM,			\
	  "The memory key allows writing, but its umem does not.") \
	X(MKEY_LIST_SIZE, 0x5ac8000c, EXCEED_LIM,			\
	  "translations_octword_size is greater than the capability log_max_klm_list_size.") \
	X(MKEY_LIST, 0x5ac8000d, BAD_PARAM,				\
	  "translations_octword_actual_size is greater than translations_octword_size.") \
	X(PSV_COUNT, 0x5ac80010, BAD_PARAM,				\
	  "num_psv is not 1: the device makes PSVs one by one.")		\
	X(PSV_PD, 0x5ac80011, BAD_RESOURCE,				\
	  "pd of the PSV is no protection domain of this uid.")		\
	X(FLOW_VPORT, 0x5ac90001, BAD_PARAM,				\
	  "other_vport is set, but the device steers for no other virtual port.") \
	X(FLOW_TABLE_TYPE, 0x5ac90002, BAD_PARAM,			\
	  "The device has no flow tables of this table_type.")		\
	X(FLOW_TABLE_SIZE, 0x5ac90003, EXCEED_LIM,			\
	  "log_size is greater than the capability log_max_ft_size.")	\
	X(FLOW_TABLE_LEVEL, 0x5ac90004, EXCEED_LIM,			\
	  "level is not below the capability max_ft_level.")		\
	X(FLOW_TABLE_OWNER, 0x5ac90005, BAD_PARAM,			\
	  "sw_owner or termination_table is set: the device has no such tables.") \
	X(FLOW_MISS_ACTION, 0x5ac90006, BAD_PARAM,			\
	  "table_miss_action is neither 0 (default) nor 1 (forward).")	\
	X(FLOW_MISS_TABLE, 0x5ac90007, BAD_RESOURCE,			\
	  "table_miss_id is no flow table of this type and uid.")	\
	X(FLOW_MISS_LEVEL, 0x5ac90008, BAD_PARAM,			\
	  "The table that takes the misses is not of a higher level.")	\
	X(FLOW_MODIFY_FIELD, 0x5ac90009, BAD_PARAM,			\
	  "modify_field_select asks for a field of the flow table that cannot be modified.") \
	X(FLOW_TABLE, 0x5ac9000a, BAD_RESOURCE,				\
	  "table_id is no flow table of this type and uid.")		\
	X(FLOW_GROUP_RANGE, 0x5ac9000b, BAD_INDEX,			\
	  "start_flow_index to end_flow_index is no range within the flow table.") \
	X(FLOW_GROUP_OVERLAP, 0x5ac9000c, BAD_INDEX,			\
	  "Another group of the flow table has some of these flow indices.") \
	X(FLOW_GROUP_CRITERIA, 0x5ac9000d, BAD_PARAM,			\
	  "match_criteria_enable names a part that match_criteria does not have.") \
	X(FLOW_GROUP_TYPE, 0x5ac9000e, BAD_PARAM,			\
	  "group_type is not 0 (match by criteria).")			\
	X(FTE_GROUP, 0x5ac90010, BAD_RESOURCE,				\
	  "group_id is no group of the flow table.")			\
	X(FTE_INDEX, 0x5ac90011, BAD_INDEX,				\
	  "flow_index is outside of the range of the group.")		\
	X(FTE_EXISTS, 0x5ac90012, BAD_INDEX,				\
	  "The flow table has an entry at flow_index already.")		\
	X(FTE_UNKNOWN, 0x5ac90013, BAD_INDEX,				\
	  "The uid of the command has no entry at flow_index of the flow table.") \
	X(FTE_ACTION, 0x5ac90014, BAD_PARAM,				\
	  "action is no set of actions that the device can combine.")	\
	X(FTE_LISTS, 0x5ac90015, BAD_PARAM,				\
	  "A list of the flow context is empty though its action is set, or the reverse.") \
	X(FTE_LIST_SIZE, 0x5ac90016, EXCEED_LIM,			\
	  "A list of the flow context is longer than the capabilities allow.") \
	X(FTE_EXTENDED, 0x5ac90017, BAD_PARAM,				\
	  "extended_destination or ignore_flow_level is set: the device has neither.") \
	X(FTE_DEST_TYPE, 0x5ac90018, BAD_PARAM,				\
	  "Flow tables of this type cannot forward to this destination_type.") \
	X(FTE_DEST, 0x5ac90019, BAD_RESOURCE,				\
	  "destination_id is no object of its type and this uid.")	\
	X(FTE_DEST_LEVEL, 0x5ac9001a, BAD_PARAM,			\
	  "The flow table to forward to is of another type or not of a higher level.") \
	X(FTE_COUNTER, 0x5ac9001b, BAD_RESOURCE,			\
	  "flow_counter_id is no flow counter of this uid.")		\
	X(FTE_REFORMAT, 0x5ac9001c, BAD_RESOURCE,			\
	  "packet_reformat_id is no packet reformat context of this uid.") \
	X(FTE_MODIFY_HEADER, 0x5ac9001d, BAD_RESOURCE,			\
	  "modify_header_id is no modify header context of this uid and table type.") \
	X(FTE_MODIFY_MASK, 0x5ac9001e, BAD_PARAM,			\
	  "modify_enable_mask asks for a field of the entry that cannot be modified.") \
	X(FTE_OP_MOD, 0x5ac9001f, BAD_OP,				\
	  "op_mod is neither 0 (new entry) nor 1 (modify).")		\
	X(REFORMAT_TYPE, 0x5ac90020, BAD_PARAM,				\
	  "The device has no packet reformat of this reformat_type.")	\
	X(REFORMAT_SIZE, 0x5ac90021, EXCEED_LIM,			\
	  "reformat_data_size is greater than the capability max_encap_header_size.") \
	X(MODIFY_HEADER_COUNT, 0x5ac90022, EXCEED_LIM,			\
	  "num_of_actions is 0 or greater than the capability max_modify_header_actions.") \
	X(MODIFY_HEADER_ACTION, 0x5ac90023, BAD_PARAM,			\
	  "action_type is none of set, add and copy.")			\
	X(COUNTER_BULK, 0x5aca0001, BAD_PARAM,				\
	  "The size of the bulk is none that the capabilities allow.")	\
	X(COUNTER_TOTAL, 0x5aca0002, EXCEED_LIM,			\
	  "The device has as many flow counters as its capabilities allow.") \
	X(COUNTER_UNKNOWN, 0x5aca0003, BAD_RESOURCE,			\
	  "The uid of the command has no flow counter of this number.")	\
	X(COUNTER_RANGE, 0x5aca0004, BAD_PARAM,				\
	  "num_of_counters goes beyond the end of the bulk.")		\
	X(COUNTER_DUMP, 0x5aca0005, BAD_PARAM,				\
	  "dump_to_memory is set, but the device answers in the mailbox only.") \
	X(GENERAL_TYPE, 0x5acb0001, BAD_OP,				\
	  "general_obj_types has no objects of this type.")		\
	X(GENERAL_MODIFY, 0x5acb0002, BAD_OP,				\
	  "General objects of this type cannot be modified.")		\
	X(GENERAL_RANGE, 0x5acb0003, BAD_PARAM,				\
	  "log_obj_range is greater than the device allows for this type.") \
	X(GENERAL_FIELD, 0x5acb0004, BAD_PARAM,				\
	  "modify_field_select asks for a field of the object that cannot be modified.") \
	X(DEK_SIZE, 0x5acb0010, BAD_PARAM,				\
	  "key_size is neither 0 (128 bits) nor 1 (256 bits).")		\
	X(DEK_PURPOSE, 0x5acb0011, BAD_PARAM,				\
	  "key_purpose is none of TLS, IPsec, AES-XTS and MACsec.")	\
	X(DEK_WRAPPED, 0x5acb0012, BAD_PARAM,				\
	  "sw_wrapped is set, but the device does not unwrap keys.")	\
	X(DEK_PD, 0x5acb0013, BAD_RESOURCE,				\
	  "pd of the key is no protection domain of this uid.")		\
	X(SCHED_HIERARCHY, 0x5acc0001, BAD_PARAM,			\
	  "scheduling_hierarchy is not 3 (NIC).")			\
	X(SCHED_TYPE, 0x5acc0002, BAD_PARAM,				\
	  "element_type is neither 0 (TSAR) nor 4 (queue group).")	\
	X(SCHED_TSAR_TYPE, 0x5acc0003, BAD_PARAM,			\
	  "tsar_type is not 0 (DWRR).")					\
	X(SCHED_PARENT, 0x5acc0004, BAD_RESOURCE,			\
	  "parent_element_id is no TSAR of this uid.")			\
	X(SCHED_FIELD, 0x5acc0005, BAD_PARAM,				\
	  "modify_bitmask asks for a field that cannot be modified.")	\
	X(GID_INDEX, 0x5acd0001, BAD_INDEX,				\
	  "gid_index is outside of the port's table.")			\
	X(PKEY_INDEX, 0x5acd0002, BAD_INDEX,				\
	  "pkey_index is outside of the port's table.")			\
	X(ROCE_INDEX, 0x5acd0003, BAD_INDEX,				\
	  "roce_address_index is outside of the port's table.")		\
	X(ROCE_OWNER, 0x5acd0004, BAD_PARAM,				\
	  "The table of RoCE addresses is changed by the kernel only.")	\
	X(CONG_PROTOCOL, 0x5acd0005, BAD_PARAM,				\
	  "cong_protocol is none of 1 (reaction point), 2 (notification point) and 3 (general).") \
	X(REGISTER_ID, 0x5acd0006, BAD_PARAM,				\
	  "The device has no register of this register_id for users.")	\
	X(REGISTER_WRITE, 0x5acd0007, BAD_OP,				\
	  "op_mod is not 1: users may only read registers.")		\

#endif
