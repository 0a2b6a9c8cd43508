/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why commands are refused: one list of
 *	X(name, value, status, "sentence")
 * A handler returns the syndrome; the status of the reply follows from it. Values
 * are unique and never change their meaning, for people look them up: take a
 * new one for a new reason. The upper half names the subject (0x5ac0 commands in
 * general, 0x5ac1 objects, 0x5ac2 capabilities, 0x5ac3 ports, 0x5ac4 CQs, 0x5ad0 and
 * following queues and transport objects: see syndromes-queue.h; more in
 * syndromes-control.h).
 */
#ifndef SOFTACCEL_HCA_SYNDROMES_H
#define SOFTACCEL_HCA_SYNDROMES_H

#include "syndromes-control.h"

/* Status byte of a reply. */
enum sacc_hca_status {
	SACC_HCA_OK		= 0x00,
	SACC_HCA_INTERNAL	= 0x01,
	SACC_HCA_BAD_OP		= 0x02,
	SACC_HCA_BAD_PARAM	= 0x03,
	SACC_HCA_BAD_SYS_STATE	= 0x04,
	SACC_HCA_BAD_RESOURCE	= 0x05,
	SACC_HCA_RESOURCE_BUSY	= 0x06,
	SACC_HCA_EXCEED_LIM	= 0x08,
	SACC_HCA_BAD_RES_STATE	= 0x09,
	SACC_HCA_BAD_INDEX	= 0x0a,
	SACC_HCA_NO_RESOURCES	= 0x0f,
	SACC_HCA_BAD_QP_STATE	= 0x10,
	SACC_HCA_BAD_INPUT_LEN	= 0x50,
	SACC_HCA_BAD_OUTPUT_LEN	= 0x51,
};

#include "syndromes-queue.h"

#define SACC_HCA_SYNDROMES(X)						\
	X(IN_SHORT, 0x5ac00001, BAD_INPUT_LEN,				\
	  "The input mailbox is shorter than this command needs.")	\
	X(OUT_SHORT, 0x5ac00002, BAD_OUTPUT_LEN,			\
	  "The output mailbox is shorter than the reply of this command.") \
	X(OPCODE_UNKNOWN, 0x5ac00003, BAD_OP,				\
	  "No command has this opcode.")				\
	X(OPCODE_ABSENT, 0x5ac00004, BAD_OP,				\
	  "The device does not support this command.")			\
	X(OP_MOD, 0x5ac00005, BAD_OP,					\
	  "The command does not support this op_mod.")			\
	X(UID_UNKNOWN, 0x5ac00006, BAD_RESOURCE,			\
	  "The uid in the command header belongs to no user context.")	\
	X(OBJECT_UNKNOWN, 0x5ac10001, BAD_RESOURCE,			\
	  "The uid of the command has no object of this type and number.") \
	X(OBJECT_BUSY, 0x5ac10002, RESOURCE_BUSY,			\
	  "Other objects still use the object that is to be destroyed.") \
	X(OBJECT_LIMIT, 0x5ac10003, EXCEED_LIM,				\
	  "The device has as many objects of this type as its capabilities allow.") \
	X(NO_MEMORY, 0x5ac10004, NO_RESOURCES,				\
	  "The machine has no memory left for the object.")		\
	X(CAP_TYPE, 0x5ac20001, BAD_PARAM,				\
	  "The device has no capabilities of the type asked for in op_mod.") \
	X(CAP_FUNCTION, 0x5ac20002, BAD_PARAM,				\
	  "The device manages no other function whose capabilities it could tell.") \
	X(VPORT_OTHER, 0x5ac30001, BAD_PARAM,				\
	  "The device manages no virtual port other than its own.")	\
	X(PORT_NUMBER, 0x5ac30002, BAD_PARAM,				\
	  "The device has no port of this number.")			\
	X(PORT_NOT_IB, 0x5ac30003, BAD_OP,				\
	  "The command is for InfiniBand ports, but this port is Ethernet.") \
	X(PORT_NOT_ETH, 0x5ac30004, BAD_OP,				\
	  "The command is for Ethernet ports, but this port is InfiniBand.") \
	X(VPORT_LIST_TYPE, 0x5ac30005, BAD_PARAM,			\
	  "allowed_list_type is none of unicast, multicast and VLAN.")	\
	X(CQ_SIZE, 0x5ac40001, EXCEED_LIM,				\
	  "log_cq_size is greater than the capability log_max_cq_sz.")	\
	X(CQ_CQE_SIZE, 0x5ac40002, BAD_PARAM,				\
	  "cqe_sz is none of 0 (64 bytes), 1 (128) and 2 (128 padded).") \
	X(CQ_COMPRESSION, 0x5ac40003, BAD_PARAM,			\
	  "cqe_comp_en is set, but the device does not compress CQEs.")	\
	X(CQ_APU, 0x5ac40004, BAD_PARAM,				\
	  "apu_cq is set, but the device has no APU.")			\
	X(CQ_PERIOD_MODE, 0x5ac40005, BAD_PARAM,			\
	  "cq_period_mode is neither 0 (from EQE) nor 1 (from CQE).")	\
	X(CQ_TS_FORMAT, 0x5ac40006, BAD_PARAM,				\
	  "cq_timestamp_format is neither 0 (free running) nor 1 (default).") \
	X(CQ_NO_UMEM, 0x5ac40007, BAD_PARAM,				\
	  "cq_umem_valid is clear: the device takes CQ rings from umems only.") \
	X(CQ_UMEM, 0x5ac40008, BAD_RESOURCE,				\
	  "cq_umem_id is no umem of this uid.")				\
	X(CQ_UMEM_READ_ONLY, 0x5ac40009, BAD_PARAM,			\
	  "The umem of the CQ ring is registered without local write access.") \
	X(CQ_UMEM_ALIGN, 0x5ac4000a, BAD_PARAM,				\
	  "cq_umem_offset is not a multiple of 64.")			\
	X(CQ_UMEM_RANGE, 0x5ac4000b, BAD_PARAM,				\
	  "The CQ ring reaches beyond the end of its umem.")		\
	X(CQ_NO_DBR_UMEM, 0x5ac4000c, BAD_PARAM,			\
	  "dbr_umem_valid is clear: the device takes doorbell records from umems only.") \
	X(CQ_DBR_UMEM, 0x5ac4000d, BAD_RESOURCE,			\
	  "dbr_umem_id is no umem of this uid.")			\
	X(CQ_DBR_ALIGN, 0x5ac4000e, BAD_PARAM,				\
	  "The doorbell record of the CQ is not aligned to 8 bytes.")	\
	X(CQ_DBR_RANGE, 0x5ac4000f, BAD_PARAM,				\
	  "The doorbell record of the CQ reaches beyond the end of its umem.") \
	X(CQ_DBR_ACCESS, 0x5ac40010, INTERNAL,				\
	  "The memory of the doorbell record could not be accessed.")	\
	X(CQ_UAR, 0x5ac40011, BAD_RESOURCE,				\
	  "uar_page is no UAR of this uid.")				\
	X(CQ_EQN, 0x5ac40012, BAD_RESOURCE,				\
	  "c_eqn is no EQ of this device.")				\
	X(CQ_MODIFY_FIELD, 0x5ac40013, BAD_PARAM,			\
	  "modify_field_select asks for a field that cannot be modified.") \
	SACC_HCA_SYNDROMES_QUEUE(X)					\
	SACC_HCA_SYNDROMES_CONTROL(X)					\

#define SACC_HCA_SYNDROME_ENUM(name, value, status, text) \
	SACC_HCA_SYND_##name = (value),

enum sacc_hca_syndrome {
	SACC_HCA_SYND_NONE = 0,
	SACC_HCA_SYNDROMES(SACC_HCA_SYNDROME_ENUM)
};

#endif
