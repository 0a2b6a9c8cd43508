# SPDX-License-Identifier: GPL-2.0-only
# Tests of the ib_device and its doorbell pages, on the device node, and of the
# distribution's rdma-core on it.
nobase_selftest_PROGRAMS += \
	selftests/devx/context \
	selftests/devx/command \
	selftests/devx/object \
	selftests/devx/queue \
	selftests/devx/async \
	selftests/devx/mr \
	selftests/devx/cq \
	selftests/devx/event \
	selftests/devx/subscribe \
	selftests/devx/umem \
	selftests/devx/dmabuf \
	selftests/devx/uar \
	selftests/devx/sharing \
	selftests/devx/teardown

selftests_devx_context_SOURCES = selftests/devx/context.c selftests/devx/devx.h
selftests_devx_context_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_command_SOURCES = selftests/devx/command.c selftests/devx/devx.h
selftests_devx_command_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_object_SOURCES = selftests/devx/object.c selftests/devx/devx.h
selftests_devx_object_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_queue_SOURCES = selftests/devx/queue.c selftests/devx/devx.h
selftests_devx_queue_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_async_SOURCES = selftests/devx/async.c selftests/devx/devx.h
selftests_devx_async_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_mr_SOURCES = selftests/devx/mr.c selftests/devx/mr.h \
	selftests/devx/write.h selftests/devx/devx.h
selftests_devx_mr_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_cq_SOURCES = selftests/devx/cq.c selftests/devx/cq.h \
	selftests/devx/event.h selftests/devx/devx.h
selftests_devx_cq_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_event_SOURCES = selftests/devx/event.c selftests/devx/event.h \
	selftests/devx/devx.h
selftests_devx_event_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_subscribe_SOURCES = selftests/devx/subscribe.c \
	selftests/devx/event.h selftests/devx/devx.h
selftests_devx_subscribe_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_umem_SOURCES = selftests/devx/umem.c selftests/devx/devx.h
selftests_devx_umem_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_dmabuf_SOURCES = selftests/devx/dmabuf.c selftests/devx/devx.h
selftests_devx_dmabuf_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_uar_SOURCES = selftests/devx/uar.c selftests/devx/devx.h
selftests_devx_uar_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_sharing_SOURCES = selftests/devx/sharing.c selftests/devx/devx.h
selftests_devx_sharing_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_devx_teardown_SOURCES = selftests/devx/teardown.c \
	selftests/devx/event.h selftests/devx/devx.h
selftests_devx_teardown_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)

vm_scripts += selftests/interop/rdma-core.sh selftests/interop/pyverbs.py
nobase_dist_selftest_DATA += selftests/interop/ibv_devinfo.expected \
	selftests/interop/pyverbs.list
