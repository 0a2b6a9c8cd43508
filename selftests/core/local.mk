# SPDX-License-Identifier: GPL-2.0-only
# The instruction decoder of trapped registers, compiled for user space.
insn_tests = selftests/core/test-insn selftests/core/test-insn-oracle \
	selftests/core/test-insn-exec
insn_sources = kernel/core/insn.h kernel/core/insn_port.h \
	kernel/core/insn_x86.c kernel/core/insn_exec_x86.c \
	kernel/core/insn_bits_x86.c \
	selftests/core/insn-gen.h selftests/core/insn-native.h \
	selftests/core/insn-oracle.h
insn_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/kernel/core
insn_cflags = $(AM_CFLAGS) $(SANITIZE_CFLAGS)

check_PROGRAMS += $(insn_tests)
TESTS += $(insn_tests)

selftests_core_test_insn_SOURCES = selftests/core/test-insn.c $(insn_sources)
selftests_core_test_insn_CPPFLAGS = $(insn_cppflags)
selftests_core_test_insn_CFLAGS = $(insn_cflags)
selftests_core_test_insn_LDFLAGS = $(SANITIZE_LDFLAGS)

selftests_core_test_insn_oracle_SOURCES = selftests/core/test-insn-oracle.c \
	$(insn_sources)
selftests_core_test_insn_oracle_CPPFLAGS = $(insn_cppflags) $(CAPSTONE_CFLAGS)
selftests_core_test_insn_oracle_CFLAGS = $(insn_cflags)
selftests_core_test_insn_oracle_LDFLAGS = $(SANITIZE_LDFLAGS)
selftests_core_test_insn_oracle_LDADD = $(CAPSTONE_LIBS)

selftests_core_test_insn_exec_SOURCES = selftests/core/test-insn-exec.c \
	$(insn_sources)
selftests_core_test_insn_exec_CPPFLAGS = $(insn_cppflags)
selftests_core_test_insn_exec_CFLAGS = $(insn_cflags)
selftests_core_test_insn_exec_LDFLAGS = $(SANITIZE_LDFLAGS)

# What compilers make of register accesses.
EXTRA_DIST += selftests/core/insn-forms.c selftests/core/insn-forms.sh
CLEANFILES += selftests/core/insn-forms.o
selftests/core/insn-forms.o: selftests/core/insn-forms.sh \
		selftests/core/insn-forms.c selftests/core/insn-forms.h
	$(AM_V_at)mkdir -p selftests/core
	$(AM_V_GEN)$(srcdir)/selftests/core/insn-forms.sh \
		$(srcdir)/selftests/core/insn-forms.c $@ $(CC)

insn_forms_headers = selftests/core/insn-forms.h selftests/core/forms-run.h

check_PROGRAMS += selftests/core/test-insn-forms
TESTS += selftests/core/test-insn-forms
selftests_core_test_insn_forms_SOURCES = selftests/core/test-insn-forms.c \
	$(insn_sources) $(insn_forms_headers)
selftests_core_test_insn_forms_CPPFLAGS = $(insn_cppflags)
selftests_core_test_insn_forms_CFLAGS = $(insn_cflags)
selftests_core_test_insn_forms_LDFLAGS = $(SANITIZE_LDFLAGS)
selftests_core_test_insn_forms_LDADD = selftests/core/insn-forms.o
