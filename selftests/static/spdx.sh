#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every source file says its licence in its first two lines, the right one for its place.
. "${top_srcdir:?}/selftests/ktap.sh"
cd "$top_srcdir" || exit 1

# licence WANTED PATH...
licence() {
	local wanted=$1 bad
	shift
	bad=$(find "$@" -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.mk' \) -print0 |
	      while IFS= read -r -d '' file; do
		head -n 2 "$file" | grep -q "SPDX-License-Identifier: $wanted" || echo "$file"
	      done)
	[ -z "$bad" ] || { echo "not $wanted: $bad"; return 1; }
}

ktap_plan 4
ktap_test "kernel code is GPL-2.0-only" licence 'GPL-2.0-only' kernel
ktap_test "uapi headers carry the syscall note" \
	licence 'GPL-2.0-only WITH Linux-syscall-note' include/uapi
ktap_test "libraries, headers and examples are MIT" \
	licence 'MIT' lib examples include/libcxl.h
ktap_test "selftests are GPL-2.0-only" licence 'GPL-2.0-only' selftests
ktap_done
