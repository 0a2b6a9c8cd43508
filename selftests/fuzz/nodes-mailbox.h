/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands for the device, as mailboxes: each function writes one, with the row's
 * usual contents for arguments of 0, and returns its length.
 */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_NODES_MAILBOX_H
#define SOFTACCEL_SELFTESTS_FUZZ_NODES_MAILBOX_H

#include "nodes.h"

#define MAX_MAILBOX	4112

size_t mailbox_query_cap(struct runner *r, const struct call *c, void *box);
size_t mailbox_query_vport(struct runner *r, const struct call *c, void *box);
size_t mailbox_query_adapter(struct runner *r, const struct call *c, void *box);
size_t mailbox_general(struct runner *r, const struct call *c, void *box);
size_t mailbox_create_cq(struct runner *r, const struct call *c, void *box);
size_t mailbox_alloc_pd(struct runner *r, const struct call *c, void *box);
size_t mailbox_alloc_td(struct runner *r, const struct call *c, void *box);
size_t mailbox_create_object(struct runner *r, const struct call *c, void *box);
size_t mailbox_create_other(struct runner *r, const struct call *c, void *box);
size_t mailbox_query_cq(struct runner *r, const struct call *c, void *box);
size_t mailbox_modify_cq(struct runner *r, const struct call *c, void *box);
size_t mailbox_query_verbs_cq(struct runner *r, const struct call *c, void *box);
size_t mailbox_modify_verbs_cq(struct runner *r, const struct call *c, void *box);
size_t mailbox_query_other(struct runner *r, const struct call *c, void *box);
size_t mailbox_modify_other(struct runner *r, const struct call *c, void *box);

/* The number of the object that a reply tells of. */
uint32_t mailbox_number(const void *reply);

#endif
