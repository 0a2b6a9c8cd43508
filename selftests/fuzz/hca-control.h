/* SPDX-License-Identifier: GPL-2.0-only */
/* What hca-control.c, hca-flow.c and hca-general.c share; see there. */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_HCA_CONTROL_H
#define SOFTACCEL_SELFTESTS_FUZZ_HCA_CONTROL_H

#include "hca-fuzz.h"

#define IN(c, s, f)	sacc_hca_get64(s, (c)->in, f)
#define LONG_ID(c)	sacc_hca_get(cmd_in, (c)->in, long_id)
#define REPLY_LONG(c)	sacc_hca_get(cmd_out, (c)->out, long_id)
#define OBJ(type)	SACC_HCA_OBJ_##type

/* A creation: true when it has happened. */
bool judge_create(const struct row *row, u32 syndrome, bool good);
/* A query that answers what was kept of @id, @at bytes into the reply. */
void judge_kept(const struct command *c, const struct row *row, u16 uid,
		u32 syndrome, u32 id, size_t at);
/* A destruction; not @named_well when something else in the command is wrong. */
void judge_end(const struct row *row, u16 uid, u32 syndrome, u32 id,
	       bool named_well);
bool flow_type_is_good(u64 type);
/* An object of this type, by its 32 bits. */
void fill_long(struct command *c, u16 uid, enum sacc_hca_obj_type type);

/* hca-flow.c */
void fill_create_table(struct command *c, u16 uid);
void judge_create_table(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome);
void fill_modify_table(struct command *c, u16 uid);
void judge_modify_table(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome);
void fill_on_table(struct command *c, u16 uid);
void judge_query_table(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome);
void judge_destroy_table(const struct command *c, const struct row *row,
			 u16 uid, u32 syndrome);
void fill_create_group(struct command *c, u16 uid);
void judge_create_group(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome);
void fill_on_group(struct command *c, u16 uid);
void judge_query_group(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome);
void judge_destroy_group(const struct command *c, const struct row *row,
			 u16 uid, u32 syndrome);
void fill_set_fte(struct command *c, u16 uid);
void judge_set_fte(const struct command *c, const struct row *row, u16 uid,
		   u32 syndrome);
void fill_on_fte(struct command *c, u16 uid);
void judge_query_fte(const struct command *c, const struct row *row, u16 uid,
		     u32 syndrome);
void judge_delete_fte(const struct command *c, const struct row *row, u16 uid,
		      u32 syndrome);

/* hca-general.c */
void fill_create_sched(struct command *c, u16 uid);
void judge_create_sched(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome);
void fill_on_sched(struct command *c, u16 uid);
void fill_modify_sched(struct command *c, u16 uid);
void judge_query_sched(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome);
void judge_destroy_sched(const struct command *c, const struct row *row,
			 u16 uid, u32 syndrome);
void judge_modify_sched(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome);
void fill_create_general(struct command *c, u16 uid);
void judge_create_general(const struct command *c, const struct row *row,
			  u16 uid, u32 syndrome);
void fill_on_general(struct command *c, u16 uid);
void judge_on_general(const struct command *c, const struct row *row, u16 uid,
		      u32 syndrome);
void fill_port(struct command *c, u16 uid);
void judge_port(const struct command *c, const struct row *row, u16 uid,
		u32 syndrome);

#endif
