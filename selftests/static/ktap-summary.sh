#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The counter of results must not be fooled: what it misses, no test finds.
. "${top_srcdir:?}/selftests/ktap.sh"
summary=$top_srcdir/selftests/ktap-summary
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
echo "log known_skip on the list" > "$tmp/skips"

# counts LINES... -- STATUS LAST-LINE
check() {
	want_status=$1 want_line=$2
	shift 2
	printf '%s\n' "$@" > "$tmp/log.ktap"
	line=$("$summary" "$tmp/skips" "$tmp/log.ktap")
	status=$?
	echo "$line"
	[ $status -eq "$want_status" ] && [ "$(echo "$line" | tail -n 1)" = "$want_line" ]
}
# What a failed test said, and only that.
notes() {
	printf '%s\n' 1..2 "# of the first" "ok 1 a" "# of the second" "not ok 2 b" "# later" \
		> "$tmp/log.ktap"
	notes=$("$summary" "$tmp/skips" "$tmp/log.ktap" | grep '#')
	[ "$notes" = "  # of the second" ]
}
missing() {
	! "$summary" "$tmp/skips" "$tmp/none.ktap"
}

ktap_plan 9
ktap_test "passes are counted" \
	check 0 "2 passed, 0 failed, 0 skipped" "KTAP version 1" 1..2 "ok 1 a" "ok 2 - b"
ktap_test "a failure fails" \
	check 1 "1 passed, 1 failed, 0 skipped" 1..2 "ok 1 a" "not ok 2 b"
ktap_test "a short plan fails" \
	check 1 "1 passed, 1 failed, 0 skipped" 1..2 "ok 1 a"
ktap_test "a missing plan fails" \
	check 1 "1 passed, 1 failed, 0 skipped" "ok 1 a"
ktap_test "a known skip is allowed" \
	check 0 "1 passed, 0 failed, 1 skipped" 1..2 "ok 1 a" "ok 2 known skip # SKIP"
ktap_test "an unknown skip fails" \
	check 1 "1 passed, 0 failed, 1 skipped" 1..2 "ok 1 a" "ok 2 b # SKIP because"
ktap_test "nothing but skips fails" \
	check 1 "0 passed, 0 failed, 1 skipped" 1..1 "ok 1 known skip # SKIP"
ktap_test "notes of a failure are shown" notes
ktap_test "a missing log fails" missing
ktap_done
