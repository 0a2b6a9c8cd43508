# SPDX-License-Identifier: MIT
dist_man_MANS += \
	man/cxl_afu.3 \
	man/cxl_attr.3 \
	man/cxl_event.3 \
	man/cxl_mmio.3 \
	man/cxl_work.3 \
	man/softaccel-devx.3 \
	man/softaccel.7
