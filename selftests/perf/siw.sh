#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# siw.sh HEADERS
#
# Builds siw, the soft iWARP driver, which Debian's kernels leave out, for the
# kernel of HEADERS from Debian's linux-source of the same series, and prints the
# module's path. It is kept outside the tree, in a directory for each kernel.
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"

headers=${1:?HEADERS}
release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' "$headers/include/generated/utsrelease.h")
series=$(echo "$release" | grep -oE '^[0-9]+\.[0-9]+') || die "$headers: no kernel release"
source=drivers/infiniband/sw/siw
# A kernel that was configured anew may have kept its release.
dir=$cache/siw/$release-$(sha256sum < "$headers/Module.symvers" | cut -c 1-12)
if [ ! -f "$dir/siw.ko" ]; then
	tar=/usr/src/linux-source-$series.tar.xz
	[ -f "$tar" ] || die "$tar is not there: install linux-source-$series"
	mkdir -p "$cache/siw"
	tmp=$(mktemp -d "$cache/siw/.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	tar -C "$tmp" -xJf "$tar" --strip-components=1 "linux-source-$series/$source"
	make -C "$headers" M="$tmp/$source" CONFIG_RDMA_SIW=m modules > "$tmp/log" 2>&1 || {
		tail -n 30 "$tmp/log" >&2
		die "siw does not build for $release"
	}
	mkdir -p "$dir"
	mv "$tmp/$source/siw.ko" "$dir/siw.ko"
fi
echo "$dir/siw.ko"
