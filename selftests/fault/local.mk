# SPDX-License-Identifier: GPL-2.0-only
# Fault injection: each path, with each of its allocations failing in turn.
nobase_debugtest_PROGRAMS += \
	selftests/fault/cxl \
	selftests/fault/cxl-sysfs \
	selftests/fault/devx \
	selftests/fault/devx-event \
	selftests/fault/devx-memory \
	selftests/fault/devx-verbs \
	selftests/fault/modules

fault_cxl_headers = selftests/fault/fault.h selftests/fault/cxl-rig.h \
	selftests/cxl/cxl.h include/uapi/misc/cxl.h
fault_devx_headers = selftests/fault/fault.h selftests/fault/devx-rig.h \
	selftests/devx/devx.h selftests/devx/write.h

selftests_fault_cxl_SOURCES = selftests/fault/cxl.c $(fault_cxl_headers)
selftests_fault_cxl_sysfs_SOURCES = selftests/fault/cxl-sysfs.c $(fault_cxl_headers)
selftests_fault_devx_SOURCES = selftests/fault/devx.c $(fault_devx_headers)
selftests_fault_devx_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_fault_devx_event_SOURCES = selftests/fault/devx-event.c \
	$(fault_devx_headers) selftests/devx/event.h
selftests_fault_devx_event_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_fault_devx_memory_SOURCES = selftests/fault/devx-memory.c $(fault_devx_headers)
selftests_fault_devx_memory_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_fault_devx_verbs_SOURCES = selftests/fault/devx-verbs.c $(fault_devx_headers) \
	selftests/devx/cq.h selftests/devx/mr.h
selftests_fault_modules_SOURCES = selftests/fault/modules.c selftests/fault/fault.h
