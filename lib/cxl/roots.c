// SPDX-License-Identifier: MIT
/*
 * Where the kernel puts things. A file of its own, so that the unit tests can
 * link another one; nothing in the environment changes it.
 */
#include "priv.h"

const char *const sacc_cxl_class_dir = CXL_SYSFS_CLASS;
const char *const sacc_cxl_dev_dir = CXL_DEV_DIR;
const char *const sacc_cxl_char_dir = "/sys/dev/char";
