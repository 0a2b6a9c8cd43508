# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Static checks look at the sources; nothing here runs what it looks at.
# Wanted: top_srcdir, top_builddir, KERNEL_DIR (headers). Every check also looks
# at planted/, whose faults it must find: what cannot fail proves nothing.
. "${top_srcdir:?}/selftests/ktap.sh"
: "${top_builddir:?}" "${KERNEL_DIR:?}"
here=$top_srcdir/selftests/static
planted=$here/planted
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
jobs=${STATIC_JOBS:-$(nproc)}
# The builds of these checks must not depend on the make that may have started us.
unset MAKEFLAGS MFLAGS MAKELEVEL

# tree_files PATTERN...: the source files of that name, as paths below
# top_srcdir. * stands for / too. New files count before they are committed.
tree_files() {
	local pattern
	cd "$top_srcdir" || return
	if [ -e .git ]; then
		git ls-files --cached --others --exclude-standard -- "$@"
	else
		for pattern; do
			find . -type f -path "./$pattern" -printf '%P\n'
		done
	fi | sort -u | while read -r file; do
		case $file in selftests/static/planted/*) continue ;; esac
		[ ! -f "$file" ] || echo "$file"
	done
}

# C files that are compiled for the kernel, and all others.
kernel_c_files() {
	tree_files 'kernel/*.c' 'selftests/*.c' 'examples/*.c' | (cd "$top_srcdir" &&
		while read -r file; do
			case $file in
			kernel/hca/port_user.c) ;;
			kernel/*) echo "$file" ;;
			*) ! grep -q '#include <linux/module.h>' "$file" || echo "$file" ;;
			esac
		done)
}
user_c_files() {
	tree_files 'lib/*.c' 'examples/*.c' 'selftests/*.c' kernel/hca/port_user.c |
		grep -vxF "$(kernel_c_files)"
}

# quietly LOG COMMAND...: output only when it fails, errors and the end.
quietly() {
	local log=$1
	shift
	"$@" > "$log" 2>&1 || { grep -E 'error:|Error ' "$log"; tail -n 30 "$log"; return 1; }
}

# empty FILE: success when nothing is in it; else it is shown.
empty() {
	[ ! -s "$1" ] || { cat "$1"; return 1; }
}

# finds ERE FILE: the tool whose output FILE is has found the planted fault.
finds() {
	grep -qE "$1" "$2" || { echo "not found: $1"; cat "$2"; return 1; }
}
