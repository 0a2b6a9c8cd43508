#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The modules compile without a word from gcc (W=1) and sparse.
. "$(dirname "$0")/common.sh"

build_modules() { # build_modules LOG MAKE-ARGS...
	local log=$1
	shift
	rm -rf "$tmp/farm"
	mkdir -p "$tmp/farm/include"
	cp -rsT "$top_srcdir/kernel" "$tmp/farm/kernel"
	cp -rsT "$top_srcdir/include/uapi" "$tmp/farm/include/uapi"
	make -j2 -C "$KERNEL_DIR" M="$tmp/farm/kernel" "$@" modules > "$log" 2>&1 ||
		{ tail -n 30 "$log"; return 1; }
}

# A warning in a header of the kernel's own names that header; ours name a file
# below the farm.
silent() {
	build_modules "$tmp/log" "$@" || return
	! grep -E "$tmp/farm/.*: *(warning|error)|WARNING: modpost" "$tmp/log"
}

ktap_plan 2
ktap_test "gcc W=1 says nothing" silent W=1
ktap_test "sparse with endianness checks says nothing" silent C=2 CF=-D__CHECK_ENDIAN__
ktap_done
