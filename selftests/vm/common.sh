# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the scripts of this directory.

# What is slow to make and the same for every build: kernels and initramfs.
cache=${SOFTACCEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/softaccel}

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# The kernel version that the distribution's newest installed headers are for.
default_kernel_version() {
	local arch headers
	arch=$(dpkg --print-architecture)
	headers=$(dpkg-query -W -f '${Depends}\n' "linux-headers-$arch" 2>/dev/null |
		  grep -o 'linux-headers-[^ ,]*' | head -n 1)
	[ -n "$headers" ] || die "linux-headers-$arch is not installed"
	echo "${headers#linux-headers-}"
}
