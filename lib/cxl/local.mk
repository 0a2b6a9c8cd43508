# SPDX-License-Identifier: MIT
lib_LTLIBRARIES += lib/cxl/libsoftaccel-cxl.la

# Also compiled into the unit tests, which put other directories in place of
# those of roots.c.
libcxl_sources = \
	lib/cxl/attr.c \
	lib/cxl/enum.c \
	lib/cxl/event.c \
	lib/cxl/mmio.c \
	lib/cxl/open.c \
	lib/cxl/priv.h \
	lib/cxl/sysfs.c \
	lib/cxl/work.c

lib_cxl_libsoftaccel_cxl_la_SOURCES = $(libcxl_sources) lib/cxl/roots.c
lib_cxl_libsoftaccel_cxl_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -pthread
lib_cxl_libsoftaccel_cxl_la_LDFLAGS = -version-info 0:0:0 -no-undefined -pthread \
	-Wl,--version-script=$(top_srcdir)/lib/cxl/libsoftaccel-cxl.map
lib_cxl_libsoftaccel_cxl_la_DEPENDENCIES = lib/cxl/libsoftaccel-cxl.map

# The same under the name and with the version nodes that CAPI programs were linked
# with, in a folder of its own: Compute Express Link's library, another one, has that
# name where the loader looks. For LD_LIBRARY_PATH, and for -L with -lcxl.
softaccellibdir = $(libdir)/softaccel
softaccellib_LTLIBRARIES = lib/cxl/libcxl.la
lib_cxl_libcxl_la_SOURCES = $(lib_cxl_libsoftaccel_cxl_la_SOURCES)
lib_cxl_libcxl_la_CFLAGS = $(lib_cxl_libsoftaccel_cxl_la_CFLAGS)
lib_cxl_libcxl_la_LDFLAGS = -version-number 1:7:0 -no-undefined -pthread \
	-Wl,--version-script=$(top_srcdir)/lib/cxl/libcxl.map
lib_cxl_libcxl_la_DEPENDENCIES = lib/cxl/libcxl.map

softaccelinclude_HEADERS += include/libcxl.h
pkgconfig_DATA += lib/cxl/softaccel-cxl.pc
EXTRA_DIST += lib/cxl/libcxl.map lib/cxl/libsoftaccel-cxl.map lib/cxl/softaccel-cxl.pc.in
CLEANFILES += lib/cxl/softaccel-cxl.pc

# Where things are installed is known to make, not to configure.
pc_edit = sed \
	-e 's|@prefix[@]|$(prefix)|' \
	-e 's|@exec_prefix[@]|$(exec_prefix)|' \
	-e 's|@libdir[@]|$(libdir)|' \
	-e 's|@includedir[@]|$(includedir)|' \
	-e 's|@PACKAGE_VERSION[@]|$(PACKAGE_VERSION)|'

lib/cxl/softaccel-cxl.pc: $(srcdir)/lib/cxl/softaccel-cxl.pc.in Makefile
	$(AM_V_at)mkdir -p lib/cxl
	$(AM_V_GEN)$(pc_edit) $(srcdir)/lib/cxl/softaccel-cxl.pc.in > $@
