# SPDX-License-Identifier: GPL-2.0-only
# The libraries without a kernel: their sources with sanitizers, and system calls
# that are answered by a mock.
check_LIBRARIES = selftests/lib/libmock-cxl.a
selftests_lib_libmock_cxl_a_SOURCES = $(libcxl_sources) \
	selftests/lib/mock-cxl.c selftests/lib/mock-cxl.h
# The fortified forms of the calls have other names, which are not wrapped.
lib_test_cflags = $(AM_CFLAGS) $(SANITIZE_CFLAGS) -U_FORTIFY_SOURCE -pthread
selftests_lib_libmock_cxl_a_CFLAGS = $(lib_test_cflags)

mock_cxl_wrap = \
	-Wl,--wrap=open -Wl,--wrap=close -Wl,--wrap=fstat -Wl,--wrap=ioctl \
	-Wl,--wrap=mmap -Wl,--wrap=munmap -Wl,--wrap=read -Wl,--wrap=poll
mock_cxl_ldflags = $(SANITIZE_LDFLAGS) $(mock_cxl_wrap) -pthread

libcxl_tests = \
	selftests/lib/test-libcxl-attr \
	selftests/lib/test-libcxl-event \
	selftests/lib/test-libcxl-mmio \
	selftests/lib/test-libcxl-open \
	selftests/lib/test-libcxl-work
libdevx_tests = \
	selftests/lib/test-libdevx \
	selftests/lib/test-libdevx-discover \
	selftests/lib/test-libdevx-event
check_PROGRAMS += $(libcxl_tests) $(libdevx_tests)
TESTS += $(libcxl_tests) $(libdevx_tests)

selftests_lib_test_libcxl_attr_SOURCES = selftests/lib/test-libcxl-attr.c
selftests_lib_test_libcxl_attr_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libcxl_attr_LDFLAGS = $(mock_cxl_ldflags)
selftests_lib_test_libcxl_attr_LDADD = selftests/lib/libmock-cxl.a

selftests_lib_test_libcxl_event_SOURCES = selftests/lib/test-libcxl-event.c
selftests_lib_test_libcxl_event_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libcxl_event_LDFLAGS = $(mock_cxl_ldflags)
selftests_lib_test_libcxl_event_LDADD = selftests/lib/libmock-cxl.a

selftests_lib_test_libcxl_mmio_SOURCES = selftests/lib/test-libcxl-mmio.c
selftests_lib_test_libcxl_mmio_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libcxl_mmio_LDFLAGS = $(mock_cxl_ldflags)
selftests_lib_test_libcxl_mmio_LDADD = selftests/lib/libmock-cxl.a

selftests_lib_test_libcxl_open_SOURCES = selftests/lib/test-libcxl-open.c
selftests_lib_test_libcxl_open_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libcxl_open_LDFLAGS = $(mock_cxl_ldflags)
selftests_lib_test_libcxl_open_LDADD = selftests/lib/libmock-cxl.a

selftests_lib_test_libcxl_work_SOURCES = selftests/lib/test-libcxl-work.c
selftests_lib_test_libcxl_work_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libcxl_work_LDFLAGS = $(mock_cxl_ldflags)
selftests_lib_test_libcxl_work_LDADD = selftests/lib/libmock-cxl.a

check_LIBRARIES += selftests/lib/libmock-devx.a
selftests_lib_libmock_devx_a_SOURCES = $(libdevx_sources) \
	selftests/lib/mock-devx.c selftests/lib/mock-devx.h
selftests_lib_libmock_devx_a_CFLAGS = $(lib_test_cflags) $(LIBNL_CFLAGS)
mock_devx_ldflags = $(SANITIZE_LDFLAGS) \
	-Wl,--wrap=ioctl -Wl,--wrap=mmap -Wl,--wrap=munmap -Wl,--wrap=read \
	-Wl,--wrap=ibv_open_device -Wl,--wrap=ibv_close_device
mock_devx_libs = selftests/lib/libmock-devx.a $(IBVERBS_LIBS) $(LIBNL_LIBS)

selftests_lib_test_libdevx_SOURCES = selftests/lib/test-libdevx.c
selftests_lib_test_libdevx_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libdevx_LDFLAGS = $(mock_devx_ldflags)
selftests_lib_test_libdevx_LDADD = $(mock_devx_libs)

# The netlink socket is answered by the test, too.
selftests_lib_test_libdevx_discover_SOURCES = selftests/lib/test-libdevx-discover.c
selftests_lib_test_libdevx_discover_CFLAGS = $(lib_test_cflags) $(LIBNL_CFLAGS)
selftests_lib_test_libdevx_discover_LDFLAGS = $(mock_devx_ldflags) \
	-Wl,--wrap=nl_connect -Wl,--wrap=nl_send_auto \
	-Wl,--wrap=nl_recvmsgs_default -Wl,--wrap=nl_socket_modify_cb \
	-Wl,--wrap=ibv_get_device_list -Wl,--wrap=ibv_free_device_list \
	-Wl,--wrap=ibv_get_device_name
selftests_lib_test_libdevx_discover_LDADD = $(mock_devx_libs)

selftests_lib_test_libdevx_event_SOURCES = selftests/lib/test-libdevx-event.c
selftests_lib_test_libdevx_event_CFLAGS = $(lib_test_cflags)
selftests_lib_test_libdevx_event_LDFLAGS = $(mock_devx_ldflags)
selftests_lib_test_libdevx_event_LDADD = $(mock_devx_libs)

# What is installed: headers that compile alone, libraries that export their map.
dist_check_SCRIPTS += \
	selftests/lib/test-headers.sh \
	selftests/lib/test-manual.sh \
	selftests/lib/test-threads.sh \
	selftests/lib/test-symbols.sh

# On the device nodes. The DEVX test is built with either library.
nobase_selftest_PROGRAMS += \
	selftests/lib/cxl-nodes \
	selftests/lib/devx-nodes \
	selftests/lib/devx-nodes-mlx5 \
	selftests/lib/devx-open
selftests_lib_cxl_nodes_SOURCES = selftests/lib/cxl-nodes.c
selftests_lib_cxl_nodes_LDADD = lib/cxl/libsoftaccel-cxl.la
selftests_lib_devx_nodes_SOURCES = selftests/lib/devx-nodes.c examples/prm.h
selftests_lib_devx_nodes_LDADD = lib/devx/libsoftaccel-devx.la $(IBVERBS_LIBS)
selftests_lib_devx_nodes_mlx5_SOURCES = $(selftests_lib_devx_nodes_SOURCES)
selftests_lib_devx_nodes_mlx5_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_lib_devx_open_SOURCES = selftests/lib/devx-open.c examples/prm.h
selftests_lib_devx_open_LDADD = lib/devx/libsoftaccel-devx.la $(IBVERBS_LIBS)
