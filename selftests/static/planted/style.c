// SPDX-License-Identifier: GPL-2.0-only
/* What checkpatch and kernel-doc must find. */

/**
 * planted() - one parameter is described
 * @described: this one
 * @undescribed
 */
int planted(int described, int undescribed);

int planted(int described, int undescribed)
{
	return planted (undescribed, described);
}
