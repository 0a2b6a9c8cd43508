# SPDX-License-Identifier: GPL-2.0-only
# Unit tests of the HCA model, compiled in userspace.

hca_tests = \
	selftests/hca/test-commands \
	selftests/hca/test-cq \
	selftests/hca/test-doorbell \
	selftests/hca/test-event \
	selftests/hca/test-flow \
	selftests/hca/test-fte \
	selftests/hca/test-general \
	selftests/hca/test-mkey \
	selftests/hca/test-objects \
	selftests/hca/test-port \
	selftests/hca/test-qp \
	selftests/hca/test-qp-state \
	selftests/hca/test-query \
	selftests/hca/test-queues \
	selftests/hca/test-stress \
	selftests/hca/test-tir \
	selftests/hca/test-wq

check_PROGRAMS += $(hca_tests)
TESTS += $(hca_tests)

hca_model_sources = \
	kernel/hca/action.c \
	kernel/hca/caps.c \
	kernel/hca/cmd.c \
	kernel/hca/counter.c \
	kernel/hca/cq.c \
	kernel/hca/device.c \
	kernel/hca/event.c \
	kernel/hca/fields-flow.h \
	kernel/hca/fields-misc.h \
	kernel/hca/fields-mkey.h \
	kernel/hca/fields.h \
	kernel/hca/fields-queue.h \
	kernel/hca/flow.c \
	kernel/hca/flow.h \
	kernel/hca/fte.c \
	kernel/hca/general.c \
	kernel/hca/hca.h \
	kernel/hca/list.h \
	kernel/hca/mkey.c \
	kernel/hca/model.h \
	kernel/hca/objects.c \
	kernel/hca/objects.h \
	kernel/hca/opcodes.h \
	kernel/hca/pd.c \
	kernel/hca/port.h \
	kernel/hca/port_user.c \
	kernel/hca/qp.c \
	kernel/hca/qp_state.c \
	kernel/hca/query.c \
	kernel/hca/queue.c \
	kernel/hca/queue.h \
	kernel/hca/rq.c \
	kernel/hca/rqt.c \
	kernel/hca/sched.c \
	kernel/hca/sched.h \
	kernel/hca/srq.c \
	kernel/hca/syndromes.h \
	kernel/hca/syndromes-control.h \
	kernel/hca/syndromes-queue.h \
	kernel/hca/tir.c \
	kernel/hca/vport.c \
	selftests/hca/hca-test.h \
	selftests/ktap.h

hca_test_cflags = $(AM_CFLAGS) $(SANITIZE_CFLAGS) -pthread
hca_test_ldflags = $(AM_LDFLAGS) $(SANITIZE_LDFLAGS) -pthread

selftests_hca_test_commands_SOURCES = \
	selftests/hca/test-commands.c $(hca_model_sources)
selftests_hca_test_commands_CFLAGS = $(hca_test_cflags)
selftests_hca_test_commands_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_cq_SOURCES = \
	selftests/hca/test-cq.c selftests/hca/cq-test.h $(hca_model_sources)
selftests_hca_test_cq_CFLAGS = $(hca_test_cflags)
selftests_hca_test_cq_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_doorbell_SOURCES = \
	selftests/hca/test-doorbell.c selftests/hca/cq-test.h $(hca_model_sources)
selftests_hca_test_doorbell_CFLAGS = $(hca_test_cflags)
selftests_hca_test_doorbell_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_event_SOURCES = \
	selftests/hca/test-event.c $(hca_model_sources)
selftests_hca_test_event_CFLAGS = $(hca_test_cflags)
selftests_hca_test_event_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_flow_SOURCES = \
	selftests/hca/test-flow.c selftests/hca/flow-test.h $(hca_model_sources)
selftests_hca_test_flow_CFLAGS = $(hca_test_cflags)
selftests_hca_test_flow_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_fte_SOURCES = \
	selftests/hca/test-fte.c selftests/hca/flow-test.h \
	selftests/hca/hca-queue.h $(hca_model_sources)
selftests_hca_test_fte_CFLAGS = $(hca_test_cflags)
selftests_hca_test_fte_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_general_SOURCES = \
	selftests/hca/test-general.c $(hca_model_sources)
selftests_hca_test_general_CFLAGS = $(hca_test_cflags)
selftests_hca_test_general_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_mkey_SOURCES = \
	selftests/hca/test-mkey.c $(hca_model_sources)
selftests_hca_test_mkey_CFLAGS = $(hca_test_cflags)
selftests_hca_test_mkey_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_objects_SOURCES = \
	selftests/hca/test-objects.c $(hca_model_sources)
selftests_hca_test_objects_CFLAGS = $(hca_test_cflags)
selftests_hca_test_objects_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_qp_SOURCES = \
	selftests/hca/test-qp.c selftests/hca/hca-queue.h $(hca_model_sources)
selftests_hca_test_qp_CFLAGS = $(hca_test_cflags)
selftests_hca_test_qp_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_qp_state_SOURCES = \
	selftests/hca/test-qp-state.c selftests/hca/hca-queue.h $(hca_model_sources)
selftests_hca_test_qp_state_CFLAGS = $(hca_test_cflags)
selftests_hca_test_qp_state_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_query_SOURCES = \
	selftests/hca/test-query.c $(hca_model_sources)
selftests_hca_test_query_CFLAGS = $(hca_test_cflags)
selftests_hca_test_query_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_queues_SOURCES = \
	selftests/hca/test-queues.c selftests/hca/hca-queue.h $(hca_model_sources)
selftests_hca_test_queues_CFLAGS = $(hca_test_cflags)
selftests_hca_test_queues_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_tir_SOURCES = \
	selftests/hca/test-tir.c selftests/hca/hca-queue.h $(hca_model_sources)
selftests_hca_test_tir_CFLAGS = $(hca_test_cflags)
selftests_hca_test_tir_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_wq_SOURCES = \
	selftests/hca/test-wq.c selftests/hca/hca-queue.h $(hca_model_sources)
selftests_hca_test_wq_CFLAGS = $(hca_test_cflags)
selftests_hca_test_wq_LDFLAGS = $(hca_test_ldflags)
selftests_hca_test_port_SOURCES = \
	selftests/hca/test-port.c $(hca_model_sources)
selftests_hca_test_port_CFLAGS = $(hca_test_cflags)
selftests_hca_test_port_LDFLAGS = $(hca_test_ldflags)

selftests_hca_test_stress_SOURCES = \
	selftests/hca/test-stress.c $(hca_model_sources)
selftests_hca_test_stress_CFLAGS = $(hca_test_cflags)
selftests_hca_test_stress_LDFLAGS = $(hca_test_ldflags)

# The same with the thread sanitizer, which goes with no other; not built by
# default: make selftests/hca/test-stress-tsan
EXTRA_PROGRAMS = selftests/hca/test-stress-tsan
selftests_hca_test_stress_tsan_SOURCES = \
	selftests/hca/test-stress.c $(hca_model_sources)
selftests_hca_test_stress_tsan_CFLAGS = $(AM_CFLAGS) -fsanitize=thread -pthread
selftests_hca_test_stress_tsan_LDFLAGS = \
	$(AM_LDFLAGS) -fsanitize=thread -pthread
