// SPDX-License-Identifier: GPL-2.0-only
/* 6.2: dma_buf_vmap() wants the caller to hold the lock; this takes it itself. */
#include <linux/dma-buf.h>

int sacc_probe(struct dma_buf *dmabuf, struct iosys_map *map);

int sacc_probe(struct dma_buf *dmabuf, struct iosys_map *map)
{
	return dma_buf_vmap_unlocked(dmabuf, map);
}
