# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# KTAP for shell tests: source it, call ktap_plan N, then for each test
#	ktap_test "what is true" COMMAND ARGS...
# COMMAND's output is shown as diagnostics; exit status 4 is a skip. End with
# ktap_done.

ktap_n=0 ktap_failed=0 ktap_planned=0

ktap_plan() {
	ktap_planned=$1
	echo "KTAP version 1"
	echo "1..$1"
}

ktap_test() {
	ktap_name=$1
	shift
	ktap_n=$((ktap_n + 1))
	ktap_output=$("$@" 2>&1)
	ktap_status=$?
	[ -z "$ktap_output" ] || printf '%s\n' "$ktap_output" | sed 's/^/# /'
	case $ktap_status in
	0) echo "ok $ktap_n $ktap_name" ;;
	4) echo "ok $ktap_n $ktap_name # SKIP" ;;
	*)
		ktap_failed=$((ktap_failed + 1))
		echo "not ok $ktap_n $ktap_name"
		;;
	esac
}

ktap_done() {
	[ "$ktap_n" -eq "$ktap_planned" ] || ktap_failed=$((ktap_failed + 1))
	[ "$ktap_failed" -eq 0 ]
	exit
}
