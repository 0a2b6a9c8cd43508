# SPDX-License-Identifier: GPL-2.0-only
# Fuzzers.

# libFuzzer: libfuzzer.sh builds the targets with clang. Here their kept inputs
# run without a fuzzer.
fuzz_replays = selftests/fuzz/replay-hca selftests/fuzz/replay-insn

check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
EXTRA_DIST += selftests/fuzz/corpus selftests/fuzz/libfuzzer.sh

selftests_fuzz_replay_hca_SOURCES = selftests/fuzz/replay.c \
	selftests/fuzz/fuzz.h selftests/fuzz/hca.c \
	selftests/fuzz/hca-command.c selftests/fuzz/hca-control.c \
	selftests/fuzz/hca-control.h selftests/fuzz/hca-flow.c \
	selftests/fuzz/hca-fuzz.h selftests/fuzz/hca-general.c \
	selftests/fuzz/hca-queue.c selftests/fuzz/hca-queue-create.c \
	selftests/fuzz/hca-queue.h selftests/fuzz/hca-shadow.c \
	$(hca_model_sources)
selftests_fuzz_replay_hca_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_CORPUS='"hca"'
selftests_fuzz_replay_hca_CFLAGS = $(hca_test_cflags)
selftests_fuzz_replay_hca_LDFLAGS = $(hca_test_ldflags)

selftests_fuzz_replay_insn_SOURCES = selftests/fuzz/replay.c \
	selftests/fuzz/fuzz.h selftests/fuzz/insn.c $(insn_sources)
selftests_fuzz_replay_insn_CPPFLAGS = $(insn_cppflags) $(CAPSTONE_CFLAGS) \
	-DFUZZ_CORPUS='"insn"'
selftests_fuzz_replay_insn_CFLAGS = $(insn_cflags)
selftests_fuzz_replay_insn_LDFLAGS = $(SANITIZE_LDFLAGS)
selftests_fuzz_replay_insn_LDADD = $(CAPSTONE_LIBS)
# The nodes: system calls, in the virtual machine, on the debug kernel.
nobase_debugtest_PROGRAMS += selftests/fuzz/nodes
selftests_fuzz_nodes_SOURCES = \
	selftests/fuzz/nodes.c \
	selftests/fuzz/nodes.h \
	selftests/fuzz/nodes-capi.c \
	selftests/fuzz/nodes-devx.c \
	selftests/fuzz/nodes-exec.c \
	selftests/fuzz/nodes-kcov.c \
	selftests/fuzz/nodes-mailbox.c \
	selftests/fuzz/nodes-mailbox.h \
	selftests/fuzz/nodes-memory.c \
	selftests/fuzz/nodes-program.c \
	selftests/fuzz/nodes-register.c \
	selftests/fuzz/nodes-sysfs.c \
	selftests/fuzz/nodes-verbs.c \
	selftests/fuzz/nodes-write.c
selftests_fuzz_nodes_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
selftests_fuzz_nodes_LDADD = -lpthread
nobase_dist_selftest_DATA += selftests/fuzz/corpus/nodes/kept.txt
