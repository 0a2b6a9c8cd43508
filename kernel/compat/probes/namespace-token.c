// SPDX-License-Identifier: GPL-2.0-only
/*
 * Until 6.12 a symbol namespace is a bare token, which older kernels turn into
 * a string themselves; from 6.13 on it is a string literal. Older kernels take
 * the literal without a complaint (and mean another name), so the probe asks
 * for the token.
 */
#include <linux/module.h>

MODULE_IMPORT_NS(SOFTACCEL);
