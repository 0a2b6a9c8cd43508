#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# libsoftaccel-cxl with ThreadSanitizer, which cannot be together with the
# sanitizers of the other tests: what several threads may do with one handle.
. "${top_srcdir:?}/selftests/ktap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

build() { # build PROGRAM SOURCE...
	program=$1
	shift
	wrapped=
	for name in open close fstat ioctl mmap munmap read poll; do
		wrapped="$wrapped -Wl,--wrap=$name"
	done
	# shellcheck disable=SC2086 # options are words
	${CC:-cc} -g -O1 -U_FORTIFY_SOURCE -fsanitize=thread -pthread \
		-I"$top_srcdir/include" -I"$top_srcdir/include/uapi" \
		-I"$top_srcdir/selftests" -o "$dir/$program" "$@" \
		"$top_srcdir/selftests/lib/mock-cxl.c" \
		"$top_srcdir"/lib/cxl/attr.c "$top_srcdir"/lib/cxl/enum.c \
		"$top_srcdir"/lib/cxl/event.c "$top_srcdir"/lib/cxl/mmio.c \
		"$top_srcdir"/lib/cxl/open.c "$top_srcdir"/lib/cxl/sysfs.c \
		"$top_srcdir"/lib/cxl/work.c $wrapped
}

has_tsan() {
	echo 'int main(void) { return 0; }' > "$dir/empty.c"
	${CC:-cc} -fsanitize=thread -o "$dir/empty" "$dir/empty.c" 2> /dev/null &&
		"$dir/empty"
}

events() {
	has_tsan || { echo "no ThreadSanitizer here"; return 4; }
	build event "$top_srcdir/selftests/lib/test-libcxl-event.c" &&
		TSAN_OPTIONS=exitcode=66 "$dir/event" \
			threads_share_a_handle_and_each_event_is_seen_once
}

ktap_plan 1
ktap_test "events are read by several threads without a data race" events
ktap_done
