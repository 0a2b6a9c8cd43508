#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# DKMS builds, installs and removes the modules; in trees of the test's own.
. "$(dirname "$0")/common.sh"
kernel=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$KERNEL_DIR/include/generated/utsrelease.h")

# The first use of DKMS makes a signing key for the machine; not our business.
keys=/var/lib/dkms
[ -e $keys/mok.key ] || trap 'rm -rf "$tmp" $keys/mok.key $keys/mok.pub' EXIT
trees=(--dkmstree "$tmp/dkms" --sourcetree "$tmp/src" --installtree "$tmp/stage/lib/modules")

dkms_install() {
	mkdir -p "$tmp/dkms" "$tmp/src" "$tmp/stage/lib/modules/$kernel" &&
		quietly "$tmp/log" dkms add "${trees[@]}" "$tmp/softaccel-$version" &&
		quietly "$tmp/log" dkms install "${trees[@]}" --kernelsourcedir "$KERNEL_DIR" \
			"softaccel/$version" -k "$kernel" --no-depmod
}

modules() { find "$tmp/stage/lib/modules/$kernel" -name 'softaccel*.ko*'; }

three_modules() {
	modules
	[ "$(modules | wc -l)" -eq 3 ] || return 1
	for module in $(modules); do
		[ "$(modinfo -F version "$module")" = "$version" ] &&
			[ "$(modinfo -F vermagic "$module" | cut -d' ' -f1)" = "$kernel" ] || return 1
	done
}

dkms_remove() {
	quietly "$tmp/log" dkms remove "${trees[@]}" "softaccel/$version" --all --no-depmod &&
		[ -z "$(modules)" ]
}

ktap_plan 4
ktap_test "make dist makes a tarball" unpack_tarball
ktap_test "dkms add and install for $kernel" dkms_install
ktap_test "three modules of this version for this kernel" three_modules
ktap_test "dkms remove leaves none" dkms_remove
ktap_done
