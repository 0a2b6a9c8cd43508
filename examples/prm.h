/* SPDX-License-Identifier: MIT */
/*
 * Command mailboxes: the few layouts that the tour needs, as the programming
 * manual of the device numbers them. A field is an offset and a width in bits
 * from the start of its structure, most significant bit first, in big-endian
 * 32-bit words; no field here crosses a word, except the 64-bit ones, which are
 * aligned.
 */
#ifndef PRM_H
#define PRM_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

struct prm_field {
	uint16_t offset;
	uint16_t width;
};

#define PRM_FIELD(offset, width) ((struct prm_field){ offset, width })

/* The head of every command and of every reply. */
#define PRM_IN_SIZE		16
#define PRM_OUT_SIZE		16
#define PRM_OPCODE		PRM_FIELD(0x00, 16)
#define PRM_OP_MOD		PRM_FIELD(0x30, 16)
#define PRM_STATUS		PRM_FIELD(0x00, 8)
#define PRM_SYNDROME		PRM_FIELD(0x20, 32)

#define PRM_QUERY_HCA_CAP	0x100
#define PRM_CREATE_CQ		0x400
#define PRM_QUERY_CQ		0x402
#define PRM_MODIFY_CQ		0x403

/* QUERY_HCA_CAP: op_mod is capability type << 1, plus 1 for current values. */
#define PRM_HCA_CAP_GENERAL	0x0001
#define PRM_HCA_CAP_OUT_SIZE	(16 + 4096)
#define PRM_HCA_CAP(offset, width) PRM_FIELD(0x80 + (offset), width)
#define PRM_VHCA_ID		PRM_HCA_CAP(0x030, 16)
#define PRM_LOG_MAX_CQ_SZ	PRM_HCA_CAP(0x0c8, 8)
#define PRM_LOG_MAX_CQ		PRM_HCA_CAP(0x0db, 5)
#define PRM_NUM_PORTS		PRM_HCA_CAP(0x1b8, 8)
#define PRM_CQE_VERSION		PRM_HCA_CAP(0x1fc, 4)
#define PRM_CQ_MODERATION	PRM_HCA_CAP(0x222, 1)
#define PRM_LOG_MAX_UMEM	PRM_HCA_CAP(0x46b, 5)

/* CREATE_CQ, QUERY_CQ and MODIFY_CQ have the context of the CQ at 0x80. */
#define PRM_CQ_SIZE		272
#define PRM_CQN			PRM_FIELD(0x48, 24)
#define PRM_CQ_UMEM_ID		PRM_FIELD(0x2c0, 32)
#define PRM_CQ_UMEM_VALID	PRM_FIELD(0x2e0, 1)
#define PRM_MODIFY_CQ_SELECT	PRM_FIELD(0x60, 32)
#define   PRM_SELECT_PERIOD	0x1
#define   PRM_SELECT_MAX_COUNT	0x2
#define PRM_CQC(offset, width)	PRM_FIELD(0x80 + (offset), width)
#define PRM_CQC_STATUS		PRM_CQC(0x00, 4)
#define PRM_CQC_DBR_UMEM_VALID	PRM_CQC(0x06, 1)
#define PRM_CQC_ST		PRM_CQC(0x14, 4)
#define   PRM_CQC_ST_ARMED	0x9
#define   PRM_CQC_ST_FIRED	0xa
#define PRM_CQC_DBR_UMEM_ID	PRM_CQC(0x20, 32)
#define PRM_CQC_LOG_SIZE	PRM_CQC(0x63, 5)
#define PRM_CQC_UAR_PAGE	PRM_CQC(0x68, 24)
#define PRM_CQC_PERIOD		PRM_CQC(0x84, 12)
#define PRM_CQC_MAX_COUNT	PRM_CQC(0x90, 16)
#define PRM_CQC_EQN		PRM_CQC(0xa0, 32)
#define PRM_CQC_LOG_PAGE_SIZE	PRM_CQC(0xc3, 5)
#define PRM_CQC_DBR_ADDR_HIGH	PRM_CQC(0x1c0, 32)
#define PRM_CQC_DBR_ADDR_LOW	PRM_CQC(0x1e0, 32)

static inline uint32_t prm_mask(struct prm_field field)
{
	return field.width == 32 ? UINT32_MAX : (1u << field.width) - 1;
}

static inline unsigned int prm_shift(struct prm_field field)
{
	return 32 - field.width - field.offset % 32;
}

static inline uint32_t prm_get(const void *box, struct prm_field field)
{
	uint32_t word;

	memcpy(&word, (const char *)box + field.offset / 32 * 4, sizeof(word));
	return be32toh(word) >> prm_shift(field) & prm_mask(field);
}

static inline void prm_set(void *box, struct prm_field field, uint32_t value)
{
	uint32_t mask = prm_mask(field) << prm_shift(field), word;
	char *at = (char *)box + field.offset / 32 * 4;

	memcpy(&word, at, sizeof(word));
	word = be32toh(word) & ~mask;
	word |= value << prm_shift(field) & mask;
	word = htobe32(word);
	memcpy(at, &word, sizeof(word));
}

#endif
