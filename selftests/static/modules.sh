#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The modules compile without a word from gcc (W=1), sparse, and clang (W=1), and
# clang-tidy with its analyzer has nothing to say about them.
#
#	modules.sh gcc|clang
. "$(dirname "$0")/common.sh"
farm=$tmp/farm

# Modules below selftests/ and examples/ are held to the same, except that
# clang-tidy leaves them alone: some have faults on purpose.
module_dirs() {
	echo kernel
	tree_files 'selftests/*/Kbuild' 'examples/*/Kbuild' | xargs -r dirname
}

build_modules() { # build_modules LOG DIRS MAKE-ARGS...
	local log=$1 dirs=$2 dir
	shift 2
	rm -rf "$farm"
	mkdir -p "$farm/include"
	cp -rsT "$top_srcdir/kernel" "$farm/kernel"
	cp -rsT "$top_srcdir/include/uapi" "$farm/include/uapi"
	cp -rsT "$top_srcdir/selftests" "$farm/selftests"
	cp -rsT "$top_srcdir/examples" "$farm/examples"
	for dir in $dirs; do
		make -j"$jobs" -C "$KERNEL_DIR" M="$farm/$dir" "$@" modules
	done > "$log" 2>&1 ||
		{ tail -n 30 "$log"; return 1; }
}

# A warning in a header of the kernel's own names that header; ours name a file
# below the farm.
silent() {
	build_modules "$tmp/log" "$(module_dirs)" "$@" || return
	! grep -E "$farm/.*: *(warning|error)|WARNING: modpost" "$tmp/log"
}

# planted_finds ERE MAKE-ARGS...: the same look at the planted module.
planted_finds() {
	local ere=$1
	shift
	build_modules "$tmp/planted.log" selftests/static/planted "$@" || return
	finds "$farm/selftests/static/planted/module.c:.*$ere" "$tmp/planted.log"
}

# After silent().
probes_ignore_headers() {
	cp "$farm/kernel/compat/sacc-config.h" "$tmp/config.h" &&
		rm "$farm/kernel/compat/sacc-config.h" &&
		quietly "$tmp/probes.log" make -C "$KERNEL_DIR" M="$farm/kernel" \
			KCFLAGS=-Wpadded core/main.o &&
		grep -q 'include/linux.*Wpadded' "$tmp/probes.log" &&
		diff "$tmp/config.h" "$farm/kernel/compat/sacc-config.h"
}

# objtool knows what gcc makes of the kernel's flags; the headers were made for gcc.
clang_args=(W=1 CC="$here/clang-cc" OBJECT_FILES_NON_STANDARD=y)

clang_made_them() {
	local object
	for object in "$farm"/kernel/*.ko; do
		readelf -p .comment "$object" > "$tmp/comment" || return
		grep -q clang "$tmp/comment" && ! grep -q GCC: "$tmp/comment" ||
			{ echo "$object:"; cat "$tmp/comment"; return 1; }
	done
}

# Every file of the modules, but for other architectures'.
tidy_saw_all() {
	local file missing=0
	for file in $(cd "$top_srcdir" && echo kernel/*/*.c); do
		case $file in kernel/hca/port_user.c | kernel/core/trap_none.c) continue ;; esac
		[ -f "$TIDY_DIR/$(realpath "$top_srcdir/$file" | tr / _).log" ] ||
			{ echo "not seen: $file"; missing=1; }
	done
	return $missing
}

tidy_is_silent() {
	grep -hE "$farm/.*(warning|error):" "$TIDY_DIR"/*_kernel_*.log > "$tmp/tidy"
	sort -u -o "$tmp/tidy" "$tmp/tidy"
	empty "$tmp/tidy"
}

tidy_finds() {
	finds "$1" "$TIDY_DIR"/*planted_module.c.log
}

case ${1:-} in
gcc)
	ktap_plan 5
	ktap_test "gcc W=1 says nothing" silent W=1
	ktap_test "compat probes give the same answers when headers raise warnings" \
		probes_ignore_headers
	ktap_test "sparse with endianness checks says nothing" \
		silent C=2 CF=-D__CHECK_ENDIAN__
	ktap_test "gcc W=1 finds a planted missing prototype" \
		planted_finds 'no previous prototype' W=1
	ktap_test "sparse finds a planted missing conversion" \
		planted_finds 'expected restricted __be32' C=2 CF=-D__CHECK_ENDIAN__
	;;
clang)
	export TIDY_DIR=$tmp/tidy.d TIDY_CONFIG=$here/clang-tidy.yml TIDY_HEADERS=$farm/kernel/
	top=$(realpath "$top_srcdir")
	export TIDY_FILES="$top/@(kernel/@(afu|core|cxl|devx|hca)|selftests/static/planted)/*.c"
	mkdir "$TIDY_DIR"
	ktap_plan 7
	ktap_test "clang W=1 says nothing" silent "${clang_args[@]}"
	ktap_test "the modules were made by clang" clang_made_them
	ktap_test "clang-tidy saw every file" tidy_saw_all
	ktap_test "clang-tidy says nothing" tidy_is_silent
	ktap_test "clang W=1 finds a planted uninitialized variable" \
		planted_finds 'is used uninitialized' "${clang_args[@]}"
	ktap_test "clang-tidy finds a planted use after free" \
		tidy_finds 'Use of memory after it is freed'
	ktap_test "clang-tidy finds a planted null dereference" \
		tidy_finds 'dereference of a null pointer'
	;;
*)
	echo "usage: modules.sh gcc|clang" >&2
	exit 2
	;;
esac
ktap_done
