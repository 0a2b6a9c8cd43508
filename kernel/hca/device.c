// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device and what its environment gives it: user contexts, EQ numbers, user
 * memory, UAR pages. All of them are objects in the table (objects.c), but they
 * come and go by function calls, not by commands.
 *
 * A umem is a cookie, a length and the right to write; its memory is the
 * caller's and stays valid until the umem has been destroyed. Whoever reads or
 * writes it holds a reference to the umem and the lock that protects the
 * reference (the UAR lock for doorbell records), so destruction waits.
 *
 * A UAR page is scanned without the command lock: pinned, then locked by its own
 * lock. Commands take that lock inside the command lock to attach and detach.
 */
#include "model.h"

/* Objects that a teardown destroys before it lets others have the lock. */
#define DRAIN_BATCH	64u

/* A syndrome of the object table as an errno. */
static int to_errno(u32 syndrome)
{
	switch (syndrome) {
	case SACC_HCA_SYND_NONE:
		return 0;
	case SACC_HCA_SYND_OBJECT_BUSY:
		return -EBUSY;
	case SACC_HCA_SYND_OBJECT_LIMIT:
		return -ENOSPC;
	default:
		return -ENOMEM;
	}
}

/* Owner of what is made under @uid, or NULL: no such uid, or its end has begun. */
struct sacc_hca_uctx *sacc_hca_uctx_find(struct sacc_hca *hca, u16 uid)
{
	struct sacc_hca_uctx *uctx;

	if (!uid)
		return &hca->kernel;
	uctx = (struct sacc_hca_uctx *)
		sacc_hca_obj_find(hca, &hca->kernel, SACC_HCA_OBJ_UCTX, uid);
	return uctx && !uctx->dying ? uctx : NULL;
}

static int create_eqs(struct sacc_hca *hca)
{
	struct sacc_hca_eq *eq;
	u32 i, syndrome;

	for (i = 0; i < hca->cfg.num_comp_vectors; i++) {
		eq = sacc_alloc(sizeof(*eq));
		if (!eq)
			return -ENOMEM;
		syndrome = sacc_hca_obj_add(hca, &hca->kernel, SACC_HCA_OBJ_EQ,
					    &eq->obj);
		if (syndrome) {
			sacc_free(eq);
			return to_errno(syndrome);
		}
	}
	return 0;
}

static void drain_kernel(struct sacc_hca *hca)
{
	sacc_lock(&hca->lock);
	while (!sacc_hca_uctx_drain(hca, &hca->kernel, DRAIN_BATCH)) {
		sacc_unlock(&hca->lock);
		sacc_relax();
		sacc_lock(&hca->lock);
	}
	sacc_unlock(&hca->lock);
}

static bool config_is_valid(const struct sacc_hca_config *cfg)
{
	return cfg->num_ports >= 1 && cfg->num_ports <= SACC_HCA_MAX_PORTS &&
	       cfg->num_comp_vectors >= 1 && cfg->num_comp_vectors <= 255 &&
	       (cfg->link_layer == SACC_HCA_LINK_IB ||
		cfg->link_layer == SACC_HCA_LINK_ETHERNET);
}

/**
 * sacc_hca_create - make a device
 * @cfg:  what it is like; copied
 * @ops:  the environment; must outlive the device
 * @priv: passed to ops->event
 * @hca:  the device
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int sacc_hca_create(const struct sacc_hca_config *cfg,
		    const struct sacc_hca_ops *ops, void *priv,
		    struct sacc_hca **hca)
{
	struct sacc_hca *h;
	int err;

	if (!config_is_valid(cfg) || !ops->mem_read || !ops->mem_write ||
	    !ops->mem_xchg)
		return -EINVAL;
	h = sacc_alloc(sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->cfg = *cfg;
	h->ops = ops;
	h->priv = priv;
	sacc_hca_uctx_init(&h->kernel);
	err = sacc_hca_tables_init(h);
	if (err)
		goto err_free_device;
	sacc_lock_init(&h->lock);
	sacc_lock(&h->lock);
	err = create_eqs(h);
	sacc_unlock(&h->lock);
	if (err)
		goto err_drain;
	*hca = h;
	return 0;

err_drain:
	drain_kernel(h);
	sacc_lock_destroy(&h->lock);
	sacc_hca_tables_free(h);
err_free_device:
	sacc_free(h);
	return err;
}

/**
 * sacc_hca_destroy - end a device and every object in it
 * @hca: no call may be running or follow
 */
void sacc_hca_destroy(struct sacc_hca *hca)
{
	drain_kernel(hca);
	sacc_lock_destroy(&hca->lock);
	sacc_hca_tables_free(hca);
	sacc_free(hca);
}

/**
 * sacc_hca_eqn - number of a completion vector's EQ
 * @hca:    the device
 * @vector: from 0
 * @eqn:    never 0
 *
 * Return: 0, or -EINVAL when there is no such vector.
 */
int sacc_hca_eqn(struct sacc_hca *hca, u32 vector, u32 *eqn)
{
	if (vector >= hca->cfg.num_comp_vectors)
		return -EINVAL;
	/* EQs are numbered as they were created, and stay. */
	*eqn = vector + 1;
	return 0;
}

/**
 * sacc_hca_uid_alloc - open a user context
 * @hca:  the device
 * @caps: SACC_HCA_UCTX_*
 * @uid:  its number, never 0
 *
 * Return: 0, -EINVAL, -ENOSPC or -ENOMEM.
 */
int sacc_hca_uid_alloc(struct sacc_hca *hca, u32 caps, u16 *uid)
{
	struct sacc_hca_uctx *uctx;
	u32 syndrome;

	if (caps & ~SACC_HCA_UCTX_CAPS)
		return -EINVAL;
	uctx = sacc_alloc(sizeof(*uctx));
	if (!uctx)
		return -ENOMEM;
	sacc_hca_uctx_init(uctx);
	uctx->caps = caps;
	sacc_lock(&hca->lock);
	syndrome = sacc_hca_obj_add(hca, &hca->kernel, SACC_HCA_OBJ_UCTX,
				    &uctx->obj);
	if (!syndrome)
		*uid = (u16)uctx->obj.id;
	sacc_unlock(&hca->lock);
	if (syndrome)
		sacc_free(uctx);
	return to_errno(syndrome);
}

/**
 * sacc_hca_uid_free - close a user context
 * @hca: the device
 * @uid: from sacc_hca_uid_alloc(); anything else is ignored
 *
 * From the start no command is taken for it; all its objects are gone when this
 * returns.
 */
void sacc_hca_uid_free(struct sacc_hca *hca, u16 uid)
{
	struct sacc_hca_uctx *uctx;

	sacc_lock(&hca->lock);
	uctx = sacc_hca_uctx_find(hca, uid);
	if (!uctx || uctx == &hca->kernel) {
		sacc_unlock(&hca->lock);
		return;
	}
	uctx->dying = true;
	while (!sacc_hca_uctx_drain(hca, uctx, DRAIN_BATCH)) {
		sacc_unlock(&hca->lock);
		sacc_relax();
		sacc_lock(&hca->lock);
	}
	sacc_hca_obj_destroy(hca, &uctx->obj);
	sacc_unlock(&hca->lock);
}

/* Number @obj for @uid. On failure it is still the caller's. */
static int add_for_uid(struct sacc_hca *hca, u16 uid,
		       enum sacc_hca_obj_type type, struct sacc_hca_obj *obj,
		       u32 *id)
{
	struct sacc_hca_uctx *uctx;
	int err = -EINVAL;

	sacc_lock(&hca->lock);
	uctx = sacc_hca_uctx_find(hca, uid);
	if (uctx)
		err = to_errno(sacc_hca_obj_add(hca, uctx, type, obj));
	if (!err)
		*id = obj->id;
	sacc_unlock(&hca->lock);
	return err;
}

static int destroy_for_uid(struct sacc_hca *hca, u16 uid,
			   enum sacc_hca_obj_type type, u32 id)
{
	struct sacc_hca_uctx *uctx;
	struct sacc_hca_obj *obj = NULL;
	int err = -ENOENT;

	sacc_lock(&hca->lock);
	uctx = sacc_hca_uctx_find(hca, uid);
	if (uctx)
		obj = sacc_hca_obj_find(hca, uctx, type, id);
	if (obj)
		err = to_errno(sacc_hca_obj_destroy(hca, obj));
	sacc_unlock(&hca->lock);
	return err;
}

/**
 * sacc_hca_umem_create - make user memory known to the device
 * @hca:      the device
 * @uid:      owner
 * @mem:      passed to ops->mem_*
 * @length:   bytes, not 0
 * @writable: whether the device may write to it
 * @umem_id:  its number, never 0
 *
 * Return: 0, -EINVAL, -ENOSPC or -ENOMEM.
 */
int sacc_hca_umem_create(struct sacc_hca *hca, u16 uid, void *mem, u64 length,
			 bool writable, u32 *umem_id)
{
	struct sacc_hca_umem *umem;
	int err;

	if (!length)
		return -EINVAL;
	umem = sacc_alloc(sizeof(*umem));
	if (!umem)
		return -ENOMEM;
	umem->mem = mem;
	umem->length = length;
	umem->writable = writable;
	err = add_for_uid(hca, uid, SACC_HCA_OBJ_UMEM, &umem->obj, umem_id);
	if (err)
		sacc_free(umem);
	return err;
}

/**
 * sacc_hca_umem_destroy - forget user memory
 * @hca:     the device
 * @uid:     owner, or 0
 * @umem_id: its number
 *
 * Return: 0, -EBUSY while an object uses it, -ENOENT.
 */
int sacc_hca_umem_destroy(struct sacc_hca *hca, u16 uid, u32 umem_id)
{
	return destroy_for_uid(hca, uid, SACC_HCA_OBJ_UMEM, umem_id);
}

/**
 * sacc_hca_uar_alloc - number a UAR page
 * @hca:   the device
 * @uid:   owner
 * @index: its number, never 0
 *
 * Return: 0, -EINVAL, -ENOSPC or -ENOMEM.
 */
int sacc_hca_uar_alloc(struct sacc_hca *hca, u16 uid, u32 *index)
{
	struct sacc_hca_uar *uar;
	int err;

	uar = sacc_alloc(sizeof(*uar));
	if (!uar)
		return -ENOMEM;
	sacc_lock_init(&uar->lock);
	sacc_list_init(&uar->cqs);
	err = add_for_uid(hca, uid, SACC_HCA_OBJ_UAR, &uar->obj, index);
	if (err) {
		sacc_hca_uar_fini(&uar->obj);
		sacc_free(uar);
	}
	return err;
}

/**
 * sacc_hca_uar_free - give a UAR page back
 * @hca:   the device
 * @uid:   owner, or 0
 * @index: its number
 *
 * Return: 0, -EBUSY while an object uses it, -ENOENT.
 */
int sacc_hca_uar_free(struct sacc_hca *hca, u16 uid, u32 index)
{
	return destroy_for_uid(hca, uid, SACC_HCA_OBJ_UAR, index);
}

void sacc_hca_uar_fini(struct sacc_hca_obj *obj)
{
	struct sacc_hca_uar *uar = (struct sacc_hca_uar *)obj;

	sacc_lock_destroy(&uar->lock);
}

/**
 * sacc_hca_uar_scan - look for work behind a UAR page
 * @hca:   the device
 * @index: number of the page
 * @page:  the page; what is in it can be overwritten by the next store, so the
 *	   doorbell records count, not this
 *
 * Return: true when a CQ was armed or its consumer index has moved.
 */
bool sacc_hca_uar_scan(struct sacc_hca *hca, u32 index, const void *page)
{
	struct sacc_hca_uar *uar;
	bool found;

	(void)page;
	uar = (struct sacc_hca_uar *)sacc_hca_obj_pin(hca, SACC_HCA_OBJ_UAR,
						      index);
	if (!uar)
		return false;
	sacc_lock(&uar->lock);
	found = sacc_hca_cq_scan_all(hca, uar);
	sacc_unlock(&uar->lock);
	sacc_hca_obj_unpin(hca, &uar->obj);
	return found;
}
