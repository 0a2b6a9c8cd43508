/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests of completion queues share. */
#ifndef SOFTACCEL_CQ_TEST_H
#define SOFTACCEL_CQ_TEST_H

#include "hca-test.h"

/* What a test begins with: a device, a uid, and all that a CQ needs. */
struct fixture {
	struct sacc_hca *hca;
	struct cq_parts p;
	struct command c;
};

static inline void begin(struct fixture *f)
{
	f->hca = new_hca();
	new_parts(f->hca, &f->p, new_uid(f->hca));
	new_create_cq(&f->c, &f->p, 0);
}

static inline void end(struct fixture *f)
{
	end_hca(f->hca);
	free_memory(&f->p);
}

#endif
