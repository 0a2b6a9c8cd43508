#!/bin/bash
# SPDX-License-Identifier: MIT
#
# demo.sh BUILDDIR [MODULEDIR]
#
# Loads the modules, runs the examples on the device nodes, unloads the modules.
# As root. Exit status 0 only when every example verified what it showed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?BUILDDIR}" && pwd)
modules=${2:-}
. "$top/selftests/modules.sh"
cd "$build" || exit 1

failed=0
say() { printf '%s\n' "$1"; }
step() { printf '\n--- %s\n' "$*"; }
show() { # show COMMAND...: as typed, then its output; its status counts
	printf '\n$ %s\n' "$*"
	local start=$EPOCHREALTIME status
	"$@"
	status=$?
	[ $status -eq 0 ] || failed=1
	awk -v a="$start" -v b="$EPOCHREALTIME" -v s="$status" \
		'BEGIN { printf "[exit status %d, %.2f s]\n", s, b - a }'
}
verify() { # verify TEXT COMMAND...: COMMAND's output must contain TEXT
	local want=$1
	shift
	show "$@" > /tmp/softaccel-demo.$$
	cat /tmp/softaccel-demo.$$
	if ! grep -q -- "$want" /tmp/softaccel-demo.$$; then
		echo "NOT FOUND: $want"
		failed=1
	fi
	rm -f /tmp/softaccel-demo.$$
}

step "Linux $(uname -r) on $(uname -m): no accelerator in this machine"
if ! sacc_load "$modules"; then
	echo "the modules did not load" >&2
	exit 1
fi
echo "loaded: ${sacc_modules[*]}"

step "CAPI: three cards, each with one accelerator function unit (AFU)"
say "An AFU works on the memory of the program that attached to it, at the program's
own addresses. This one takes a queue of copies; its registers are mapped into
the program, and each load or store of one is carried out by the AFU."
verify afu2.0s ls -l /dev/cxl
show examples/capi-memcpy
say "The second card's AFU belongs to one program at a time."
show examples/capi-memcopy

step "DEVX: an HCA, seen by the distribution's own rdma-core"
say "To rdma-core this is a ConnectX. DEVX programs give it firmware commands: here they
make, query, change and destroy a completion queue in the program's memory."
verify mlx5_ ibv_devices
verify PORT_ACTIVE ibv_devinfo
show examples/devx-tour-mlx5
step "DEVX: the same program, with softaccel's own library"
show examples/devx-tour

step "Unloading"
if sacc_unload; then
	echo "unloaded: nothing was left behind"
else
	failed=1
fi
[ $failed = 0 ] && printf '\nEverything shown was verified.\n' ||
	printf '\nSOMETHING WENT WRONG: see above.\n'
exit $failed
