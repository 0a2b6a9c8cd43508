/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked circular lists, as far as the model needs them. The locking is
 * the user's.
 */
#ifndef SOFTACCEL_HCA_LIST_H
#define SOFTACCEL_HCA_LIST_H

#include "port.h"

struct sacc_list {
	struct sacc_list *next;
	struct sacc_list *prev;
};

static inline void sacc_list_init(struct sacc_list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool sacc_list_is_empty(const struct sacc_list *head)
{
	return head->next == head;
}

static inline void sacc_list_add_tail(struct sacc_list *head,
				      struct sacc_list *entry)
{
	entry->prev = head->prev;
	entry->next = head;
	head->prev->next = entry;
	head->prev = entry;
}

/* Leaves @entry as an empty list: removing it once more is harmless. */
static inline void sacc_list_del(struct sacc_list *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	sacc_list_init(entry);
}

#define sacc_list_entry(p, type, member) container_of(p, type, member)

#define sacc_list_for_each(pos, head) \
	for (pos = (head)->next; pos != (head); pos = pos->next)

#endif
