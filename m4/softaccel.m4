# SPDX-License-Identifier: GPL-2.0-only

# SACC_WITH_KERNEL: --with-kernel=DIR, the build directory or headers of the
# kernel that modules are made for. Default: the running kernel's; else the
# newest headers installed. Never guesses beyond that.
AC_DEFUN([SACC_WITH_KERNEL], [
  AC_ARG_WITH([kernel],
    [AS_HELP_STRING([--with-kernel=DIR],
      [kernel build directory or headers @<:@running kernel's, else the newest in /usr/src@:>@])],
    [], [with_kernel=auto])
  AC_MSG_CHECKING([for kernel headers])
  AS_CASE([$with_kernel],
    [no|''], [KERNEL_DIR=],
    [auto|yes], [
      KERNEL_DIR=/lib/modules/$(uname -r)/build
      AS_IF([test ! -f "$KERNEL_DIR/Makefile"], [
        KERNEL_DIR=$(ls -d /usr/src/linux-headers-*/.config 2>/dev/null | sort -V | tail -n 1)
        KERNEL_DIR=${KERNEL_DIR%/.config}
      ])
      AS_IF([test -z "$KERNEL_DIR"], [AC_MSG_ERROR([none found; give --with-kernel=DIR or --without-kernel])])
    ],
    [KERNEL_DIR=$with_kernel])
  AS_IF([test -n "$KERNEL_DIR" && test ! -f "$KERNEL_DIR/Makefile"],
    [AC_MSG_ERROR([$KERNEL_DIR has no Makefile])])
  AC_MSG_RESULT([${KERNEL_DIR:-none}])
  AC_SUBST([KERNEL_DIR])
  AM_CONDITIONAL([WITH_KERNEL], [test -n "$KERNEL_DIR"])
  sacc_kernel_text=${KERNEL_DIR:-none}
])

# SACC_SANITIZE: flags for unit tests under ASan and UBSan.
AC_DEFUN([SACC_SANITIZE], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--disable-sanitizers], [unit tests without ASan and UBSan])],
    [], [enable_sanitizers=yes])
  SANITIZE_CFLAGS= SANITIZE_LDFLAGS= sacc_sanitize_text=no
  AS_IF([test "x$enable_sanitizers" = xyes], [
    sacc_flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    sacc_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $sacc_flags"
    AC_MSG_CHECKING([whether $CC links with sanitizers])
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [sacc_sanitize_text=yes],
      [AC_MSG_RESULT([no])
       AC_MSG_ERROR([install the sanitizer runtimes or give --disable-sanitizers])])
    AC_MSG_RESULT([yes])
    CFLAGS=$sacc_save_CFLAGS
    SANITIZE_CFLAGS=$sacc_flags SANITIZE_LDFLAGS=$sacc_flags
  ])
  AC_SUBST([SANITIZE_CFLAGS])
  AC_SUBST([SANITIZE_LDFLAGS])
])

# SACC_WARNINGS: what every C file here compiles cleanly with.
AC_DEFUN([SACC_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat warnings as errors])])
  WARN_CFLAGS="-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith"
  AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])
