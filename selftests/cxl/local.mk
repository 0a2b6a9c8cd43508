# SPDX-License-Identifier: GPL-2.0-only
# Tests of the CAPI nodes; they run where the modules are loaded.

cxl_selftests = \
	selftests/cxl/afu_modules \
	selftests/cxl/attach \
	selftests/cxl/compat \
	selftests/cxl/errors \
	selftests/cxl/events \
	selftests/cxl/forms \
	selftests/cxl/lifetime \
	selftests/cxl/mapping \
	selftests/cxl/memcopy_afu \
	selftests/cxl/memcpy_afu \
	selftests/cxl/memory \
	selftests/cxl/pci \
	selftests/cxl/paging \
	selftests/cxl/storm \
	selftests/cxl/sysfs \
	selftests/cxl/test_afu \
	selftests/cxl/test_afu_end \
	selftests/cxl/test_afu_machines \
	selftests/cxl/udev \
	selftests/cxl/window

nobase_selftest_PROGRAMS += $(cxl_selftests)

cxl_selftest_headers = selftests/ktap.h selftests/cxl/cxl.h \
	selftests/cxl/load.h include/uapi/misc/cxl.h

selftests_cxl_afu_modules_SOURCES = selftests/cxl/afu_modules.c $(cxl_selftest_headers)
selftests_cxl_afu_modules_LDADD = -lpthread
selftests_cxl_attach_SOURCES = selftests/cxl/attach.c $(cxl_selftest_headers)
selftests_cxl_attach_LDADD = -lpthread
selftests_cxl_compat_SOURCES = selftests/cxl/compat.c $(cxl_selftest_headers)
selftests_cxl_compat_LDADD = -lpthread
selftests_cxl_errors_SOURCES = selftests/cxl/errors.c $(cxl_selftest_headers)
selftests_cxl_errors_LDADD = -lpthread
selftests_cxl_events_SOURCES = selftests/cxl/events.c $(cxl_selftest_headers)
selftests_cxl_events_LDADD = -lpthread
selftests_cxl_forms_SOURCES = selftests/cxl/forms.c $(cxl_selftest_headers) \
	$(insn_forms_headers)
selftests_cxl_forms_LDADD = selftests/core/insn-forms.o -lpthread
selftests_cxl_lifetime_SOURCES = selftests/cxl/lifetime.c $(cxl_selftest_headers)
selftests_cxl_lifetime_LDADD = -lpthread
selftests_cxl_mapping_SOURCES = selftests/cxl/mapping.c $(cxl_selftest_headers)
selftests_cxl_mapping_LDADD = -lpthread
selftests_cxl_memcopy_afu_SOURCES = selftests/cxl/memcopy_afu.c \
	selftests/cxl/userfault.h $(cxl_selftest_headers)
selftests_cxl_memcopy_afu_LDADD = -lpthread
selftests_cxl_memcpy_afu_SOURCES = selftests/cxl/memcpy_afu.c $(cxl_selftest_headers)
selftests_cxl_memcpy_afu_LDADD = -lpthread
selftests_cxl_memory_SOURCES = selftests/cxl/memory.c \
	selftests/cxl/userfault.h $(cxl_selftest_headers)
selftests_cxl_memory_LDADD = -lpthread
selftests_cxl_pci_SOURCES = selftests/cxl/pci.c $(cxl_selftest_headers)
selftests_cxl_pci_LDADD = -lpthread
selftests_cxl_paging_SOURCES = selftests/cxl/paging.c $(cxl_selftest_headers)
selftests_cxl_paging_LDADD = -lpthread
selftests_cxl_storm_SOURCES = selftests/cxl/storm.c $(cxl_selftest_headers)
selftests_cxl_storm_LDADD = -lpthread
selftests_cxl_sysfs_SOURCES = selftests/cxl/sysfs.c $(cxl_selftest_headers)
selftests_cxl_sysfs_LDADD = -lpthread
selftests_cxl_test_afu_SOURCES = selftests/cxl/test_afu.c \
	selftests/cxl/test_afu.h $(cxl_selftest_headers)
selftests_cxl_test_afu_LDADD = -lpthread
selftests_cxl_test_afu_end_SOURCES = selftests/cxl/test_afu_end.c \
	selftests/cxl/test_afu.h $(cxl_selftest_headers)
selftests_cxl_test_afu_end_LDADD = -lpthread
selftests_cxl_test_afu_machines_SOURCES = selftests/cxl/test_afu_machines.c \
	selftests/cxl/test_afu.h selftests/cxl/userfault.h $(cxl_selftest_headers)
selftests_cxl_test_afu_machines_LDADD = -lpthread
selftests_cxl_udev_SOURCES = selftests/cxl/udev.c $(cxl_selftest_headers)
selftests_cxl_udev_LDADD = -lpthread
selftests_cxl_window_SOURCES = selftests/cxl/window.c $(cxl_selftest_headers)
selftests_cxl_window_LDADD = -lpthread
