#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples verify what they show; each must say so by its exit status. And
# killed at any moment, they leave nothing: no context, no object, no pinned
# page, no module reference.
. "${top_srcdir:?}/selftests/ktap.sh"
examples=${top_builddir:?}/examples

# Kill after 0, 3, 6 ... ms; the longest delays let it end by itself.
killed() {
	local program=$1 ms pid
	for ms in $(seq 0 3 60); do
		"$examples/$program" > /dev/null 2>&1 &
		pid=$!
		sleep "$(printf '0.%03d' "$ms")"
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
	done
	idle
}

# What there is: a card's contexts hold its module, the HCA counts its objects.
in_use() {
	cat /sys/module/softaccel_{cxl,devx}/refcnt | sed 's/^/module references /'
	cat /sys/kernel/debug/softaccel_devx/*/objects ||
		echo "objects that cannot be counted 1"
}

# Nothing is there any more: a killed program's files are closed a moment after
# its end.
idle() {
	local left
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	for _ in $(seq 50); do
		left=$(in_use | grep -v ' 0$')
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	echo "left: $left"
	return 1
}

programs='capi-memcpy capi-memcopy devx-tour devx-tour-mlx5'
ktap_plan 8
for program in $programs; do
	ktap_test "$program verifies what it shows" "$examples/$program"
done
for program in $programs; do
	ktap_test "$program killed at any moment leaves nothing" killed $program
done
ktap_done
