# SPDX-License-Identifier: GPL-2.0-only
# Checks of the tree itself, and of the test tools.
dist_check_SCRIPTS += \
	selftests/static/layering.sh \
	selftests/static/spdx.sh \
	selftests/static/ktap-summary.sh
vm_scripts += selftests/interop/examples.sh
TESTS += $(dist_check_SCRIPTS)
AM_TESTS_ENVIRONMENT = top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX;
nobase_nodist_selftest_DATA += selftests/kselftest-list.txt selftests/debug-list.txt
CLEANFILES += selftests/kselftest-list.txt selftests/debug-list.txt
selftests/kselftest-list.txt: Makefile
	$(AM_V_at)mkdir -p selftests
	$(AM_V_GEN)for t in $(nobase_selftest_PROGRAMS) $(vm_scripts); do echo "$$t"; done > $@
selftests/debug-list.txt: Makefile
	$(AM_V_at)mkdir -p selftests
	$(AM_V_GEN)for t in $(nobase_debugtest_PROGRAMS) $(debug_scripts); do echo "$$t"; done > $@
nobase_dist_selftest_SCRIPTS += $(vm_scripts) $(debug_scripts)
noinst_HEADERS += selftests/ktap.h
