# SPDX-License-Identifier: GPL-2.0-only
# The bench. Installed, as users measure too; selftests/perf/measure runs it.
perfdir = $(selftestdir)
nobase_perf_PROGRAMS = \
	selftests/perf/cxl \
	selftests/perf/devx \
	selftests/perf/idle \
	selftests/perf/parallel

selftests_perf_cxl_SOURCES = selftests/perf/cxl.c selftests/perf/perf.h \
	selftests/cxl/cxl.h
selftests_perf_cxl_LDADD = -lpthread
selftests_perf_devx_SOURCES = selftests/perf/devx.c selftests/perf/perf.h \
	selftests/devx/devx.h
selftests_perf_devx_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
selftests_perf_parallel_SOURCES = selftests/perf/parallel.c selftests/perf/perf.h \
	selftests/cxl/cxl.h
selftests_perf_parallel_LDADD = -lpthread
selftests_perf_idle_SOURCES = selftests/perf/idle.c selftests/perf/perf.h \
	selftests/cxl/cxl.h selftests/devx/devx.h
selftests_perf_idle_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS) -lpthread

nobase_dist_perf_SCRIPTS = \
	selftests/perf/compare \
	selftests/perf/measure \
	selftests/perf/rdma.sh
EXTRA_DIST += selftests/perf/run selftests/perf/siw.sh
