/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steering: what flow.c (tables and groups), fte.c (entries) and what they refer to
 * (action.c, counter.c) share. Everything under the command lock.
 */
#ifndef SOFTACCEL_HCA_FLOW_H
#define SOFTACCEL_HCA_FLOW_H

#include "model.h"

struct sacc_hca_fte;

/**
 * struct sacc_hca_flow_table - a flow table
 * @obj:     its number is the table_id
 * @miss:    table that takes the misses, of a higher level; a reference, or NULL
 * @groups:  sacc_hca_flow_group.link
 * @entries: hash table of its entries by flow index, a power of two
 * @mask:    number of buckets minus one
 * @count:   entries in it
 * @type:    NIC receive and so on
 * @ctx:     the flow table context
 */
struct sacc_hca_flow_table {
	struct sacc_hca_obj obj;
	struct sacc_hca_flow_table *miss;
	struct sacc_list groups;
	struct sacc_hca_fte **entries;
	u32 mask;
	u32 count;
	u8 type;
	u8 ctx[40];
};

/**
 * struct sacc_hca_flow_group - a group of entries with the same criteria
 * @obj:    its number is the group_id
 * @link:   in sacc_hca_flow_table.groups
 * @table:  a reference
 * @first:  flow index of its first entry
 * @last:   and of its last
 * @enable: which parts of @criteria count
 * @criteria: bits of a packet to look at
 */
struct sacc_hca_flow_group {
	struct sacc_hca_obj obj;
	struct sacc_list link;
	struct sacc_hca_flow_table *table;
	u32 first;
	u32 last;
	u8 enable;
	u8 criteria[512];
};

/**
 * struct sacc_hca_modify_header - a modify header context
 * @obj:     its number is the modify_header_id
 * @type:    of the tables whose entries may use it
 * @count:   number of actions
 * @actions: 8 bytes each
 */
struct sacc_hca_modify_header {
	struct sacc_hca_obj obj;
	u8 type;
	u32 count;
	u8 actions[];
};

/* Types of tables that there are; fields of the mailbox that all commands have. */
bool sacc_hca_flow_has_type(u32 type);
/* 0 and the table that the command names, or a syndrome. */
u32 sacc_hca_flow_find_table(struct sacc_hca_cmd *cmd,
			     struct sacc_hca_flow_table **table);
bool sacc_hca_flow_receives(const struct sacc_hca_flow_table *table);
u32 sacc_hca_flow_level(const struct sacc_hca_flow_table *table);

/* fte.c: the hash table of a flow table. */
int sacc_hca_fte_init_table(struct sacc_hca_flow_table *table);
void sacc_hca_fte_free_table(struct sacc_hca_flow_table *table);

/* counter.c: a reference on the counters that @id is one of, or NULL. */
struct sacc_hca_obj *
sacc_hca_flow_counter_use(struct sacc_hca *hca,
			  const struct sacc_hca_uctx *owner, u32 id);

#endif
