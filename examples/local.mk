# SPDX-License-Identifier: MIT
nobase_example_PROGRAMS += \
	examples/capi-memcopy \
	examples/capi-memcpy \
	examples/devx-tour

examples_capi_memcopy_SOURCES = examples/capi-memcopy.c examples/transcript.h
examples_capi_memcopy_LDADD = lib/cxl/libsoftaccel-cxl.la

examples_capi_memcpy_SOURCES = examples/capi-memcpy.c examples/transcript.h
examples_capi_memcpy_LDADD = lib/cxl/libsoftaccel-cxl.la

examples_devx_tour_SOURCES = examples/devx-tour.c examples/prm.h examples/transcript.h
examples_devx_tour_LDADD = lib/devx/libsoftaccel-devx.la $(IBVERBS_LIBS)

# The same source with rdma-core's own library. libmlx5 is needed for this one
# program only, so it is there when the tests are.
if SELFTESTS
nobase_example_PROGRAMS += examples/devx-tour-mlx5
examples_devx_tour_mlx5_SOURCES = $(examples_devx_tour_SOURCES)
examples_devx_tour_mlx5_LDADD = $(MLX5_LIBS) $(IBVERBS_LIBS)
endif
