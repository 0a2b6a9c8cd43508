#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The distribution's own rdma-core on our device: its tools find it, open it, and
# show what a ConnectX shows. ibv_devinfo.expected has lines that must be there.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/ktap.sh disable=SC1091
. "$here/../ktap.sh"

device=$(basename /sys/devices/platform/softaccel_hca.0/infiniband/*)

lists_device() {
	ibv_devices | grep -E "^ *${device}[[:space:]]+025acc0000000100\$"
}

devinfo_exits_0() {
	ibv_devinfo -v -d "$device" > /dev/null
}

devinfo_shows_what_is_expected() {
	shown=$(ibv_devinfo -v -d "$device" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
	missing=0
	while IFS= read -r line; do
		printf '%s\n' "$shown" | grep -qxF -- "$line" && continue
		echo "missing: $line"
		missing=1
	done < "$here/ibv_devinfo.expected"
	return $missing
}

ordinary_user_can_open() {
	setpriv --reuid 65534 --regid 65534 --clear-groups ibv_devinfo -d "$device"
}

devinfo_without_verbose_agrees() {
	ibv_devinfo -d "$device" -i 1 | grep -q 'PORT_ACTIVE (4)'
}

unknown_port_is_refused() {
	! ibv_devinfo -d "$device" -i 2
}

netlink_shows_device_and_link() {
	command -v rdma > /dev/null || { echo "SKIP: no rdma tool"; return 4; }
	rdma dev show "$device" | grep "node_type ca .*fw 28" &&
		rdma link show "$device/1" | grep "state ACTIVE physical_state LINK_UP"
}

# What programs tell ConnectX generations apart by, beside the PCI id.
sysfs_names_the_hca() {
	cd "/sys/class/infiniband/$device" && grep -qx MT4129 hca_type && grep -qx 0 hw_rev &&
		grep -qx SAC0000000001 board_id
}

ktap_plan 8
ktap_test "ibv_devices lists the device" lists_device
ktap_test "ibv_devinfo -v exits 0" devinfo_exits_0
ktap_test "ibv_devinfo -v shows what is expected" devinfo_shows_what_is_expected
ktap_test "an ordinary user can open the device" ordinary_user_can_open
ktap_test "ibv_devinfo of port 1 is active" devinfo_without_verbose_agrees
ktap_test "ibv_devinfo of port 2 is refused" unknown_port_is_refused
ktap_test "rdma shows device and link" netlink_shows_device_and_link
ktap_test "sysfs names the HCA" sysfs_names_the_hca
ktap_done
