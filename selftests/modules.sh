# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Loading and unloading the modules, for the scripts that need them. Source it.
# With a directory, its .ko files are inserted; without one, modprobe takes
# what is installed (dkms, make modules_install).

sacc_modules=(softaccel softaccel_cxl softaccel_devx)

# What a kernel says when something is wrong with it.
# shellcheck disable=SC2034 # for those who source this
sacc_splats='BUG:|WARNING: (CPU|possible|suspicious|inconsistent|bad)|cut here|Oops|KASAN|UBSAN|general protection fault[,:]|refcount_t:|unreferenced object|blocked for more than|self-detected stall'

# The device nodes that loading makes.
sacc_nodes=(/dev/cxl/afu0.0{m,s} /dev/cxl/afu1.0d /dev/cxl/afu2.0{m,s})

# The uverbs node of our ib_device, which is not the first one on a machine
# with real hardware.
sacc_uverbs_node() {
	local dir
	for dir in /sys/devices/platform/softaccel*/infiniband_verbs/uverbs*; do
		[ -d "$dir" ] && echo "/dev/infiniband/${dir##*/}" && return
	done
	return 1
}

sacc_load() {
	local dir=$1 module i
	if [ -z "$dir" ]; then
		modprobe -a "${sacc_modules[@]}" || return
	else
		modprobe ib_uverbs || return
		for module in "${sacc_modules[@]}"; do
			insmod "$dir/$module.ko" || return
		done
	fi
	modprobe ib_uverbs || return # not pulled in by itself on 7.x
	# udev, or devtmpfs alone, makes the nodes a moment later.
	for i in $(seq 50); do
		if sacc_uverbs_node > /dev/null && [ -e "$(sacc_uverbs_node)" ] &&
		   ls "${sacc_nodes[@]}" > /dev/null 2>&1; then
			return 0
		fi
		sleep 0.1
	done
	echo "device nodes missing after $((i / 10)) s: $(ls /dev/cxl /dev/infiniband 2>&1)" >&2
	return 1
}

# A killed program's files are closed a moment after its parent has heard of
# its end, so one refusal is not yet a leak; five seconds of it are.
sacc_unload() {
	local i module left
	for i in $(seq 50); do
		left=
		for module in softaccel_devx softaccel_cxl softaccel; do
			[ -d "/sys/module/$module" ] || continue
			rmmod "$module" 2>/dev/null || left="$left $module"
		done
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	echo "still in use after $((i / 10)) s:$left" >&2
	return 1
}
