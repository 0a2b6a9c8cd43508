# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packaging tests work on what users get: the distribution tarball, unpacked.
# Wanted: top_srcdir, top_builddir, KERNEL_DIR (headers).
. "${top_srcdir:?}/selftests/ktap.sh"
: "${top_builddir:?}" "${KERNEL_DIR:?}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# The build under test must not depend on the make that may have started us.
unset MAKEFLAGS MFLAGS MAKELEVEL

version=$(cat "$top_srcdir/kernel/VERSION")

unpack_tarball() {
	make -s -C "$top_builddir" dist > "$tmp/dist.log" 2>&1 ||
		{ tail -n 20 "$tmp/dist.log"; return 1; }
	tar -C "$tmp" -xf "$top_builddir/softaccel-$version.tar.xz"
	[ -x "$tmp/softaccel-$version/configure" ]
}

# quietly LOG COMMAND...: output only when it fails.
quietly() {
	local log=$1
	shift
	"$@" > "$log" 2>&1 || { tail -n 30 "$log"; return 1; }
}
