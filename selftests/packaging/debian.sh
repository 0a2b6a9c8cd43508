#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages build, hold what they should, and lintian is content.
. "$(dirname "$0")/common.sh"

packages='libsoftaccel-cxl-dev libsoftaccel-cxl0 libsoftaccel-devx-dev libsoftaccel-devx0 softaccel-dkms softaccel-selftests'

build_packages() {
	cd "$tmp/softaccel-$version" &&
		quietly "$tmp/log" dpkg-buildpackage -us -uc -b
}

all_there() {
	local package
	for package in $packages; do
		ls "$tmp/${package}_${version}"_*.deb > /dev/null || return 1
	done
}

lintian_clean() {
	lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$tmp"/*.changes
}

ktap_plan 4
ktap_test "make dist makes a tarball" unpack_tarball
ktap_test "packages build from it" build_packages
ktap_test "all of them: $packages" all_there
ktap_test "lintian is clean" lintian_clean
ktap_done
