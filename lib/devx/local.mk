# SPDX-License-Identifier: MIT
lib_LTLIBRARIES += lib/devx/libsoftaccel-devx.la

# Also compiled into the unit tests.
libdevx_sources = \
	lib/devx/async.c \
	lib/devx/cmd.c \
	lib/devx/cmd.h \
	lib/devx/discover.c \
	lib/devx/event.c \
	lib/devx/object.c \
	lib/devx/open.c \
	lib/devx/share.c \
	lib/devx/uar.c \
	lib/devx/umem.c \
	lib/devx/umem.h \
	lib/devx/verbs.c \
	lib/devx/vfio.c

lib_devx_libsoftaccel_devx_la_SOURCES = $(libdevx_sources)
lib_devx_libsoftaccel_devx_la_CFLAGS = $(AM_CFLAGS) $(LIBNL_CFLAGS) -fvisibility=hidden
lib_devx_libsoftaccel_devx_la_LIBADD = $(IBVERBS_LIBS) $(LIBNL_LIBS)
lib_devx_libsoftaccel_devx_la_LDFLAGS = -version-info 0:0:0 -no-undefined \
	-Wl,--version-script=$(top_srcdir)/lib/devx/libsoftaccel-devx.map
lib_devx_libsoftaccel_devx_la_DEPENDENCIES = lib/devx/libsoftaccel-devx.map

softaccelinclude_HEADERS += include/softaccel/devx.h
pkgconfig_DATA += lib/devx/softaccel-devx.pc
EXTRA_DIST += lib/devx/libsoftaccel-devx.map lib/devx/softaccel-devx.pc.in
CLEANFILES += lib/devx/softaccel-devx.pc

lib/devx/softaccel-devx.pc: $(srcdir)/lib/devx/softaccel-devx.pc.in Makefile
	$(AM_V_at)mkdir -p lib/devx
	$(AM_V_GEN)$(pc_edit) $(srcdir)/lib/devx/softaccel-devx.pc.in > $@
