#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tarball builds, and "make install" puts things where programs look.
. "$(dirname "$0")/common.sh"
src=$tmp/softaccel-$version

build_it() {
	mkdir "$tmp/build" && cd "$tmp/build" &&
		quietly "$tmp/log" "$src/configure" --prefix=/usr --with-kernel="$KERNEL_DIR" &&
		quietly "$tmp/log" make -j2
}

install_it() {
	quietly "$tmp/log" make -C "$tmp/build" install modules_install DESTDIR="$tmp/stage"
}

installed() {
	local file missing=0
	for file in usr/lib/libsoftaccel-cxl.so.0 usr/lib/libsoftaccel-devx.so.0 \
		usr/lib/softaccel/libcxl.so.1 usr/lib/softaccel/libcxl.so \
		usr/include/softaccel/libcxl.h usr/include/softaccel/misc/cxl.h \
		usr/lib/pkgconfig/softaccel-cxl.pc usr/libexec/softaccel/selftests/run-kselftests \
		usr/libexec/softaccel/examples/capi-memcpy; do
		[ -e "$tmp/stage/$file" ] || { echo "missing: $file"; missing=1; }
	done
	for file in softaccel softaccel_cxl softaccel_devx; do
		find "$tmp/stage" -path '*/lib/modules/*' -name "$file.ko*" | grep -q . ||
			{ echo "missing: $file.ko"; missing=1; }
	done
	return $missing
}

# What a user of the library writes, against the installed files alone.
compile_user() {
	cat > "$tmp/user.c" <<-'C'
	#include <stddef.h>
	#include <libcxl.h>
	int main(void) { struct cxl_ioctl_start_work *w = cxl_work_alloc(); return w ? cxl_work_free(w) : 1; }
	C
	export PKG_CONFIG_PATH=$tmp/stage/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$tmp/stage
	# shellcheck disable=SC2046
	gcc -Wall -Werror -o "$tmp/user" "$tmp/user.c" $(pkg-config --cflags --libs softaccel-cxl) &&
		LD_LIBRARY_PATH=$tmp/stage/usr/lib "$tmp/user"
}

versions_agree() {
	grep -q "PACKAGE_VERSION=\"$version\"" "$src/dkms.conf" &&
		head -n 1 "$src/debian/changelog" | grep -q "($version)"
}

ktap_plan 6
ktap_test "make dist makes a tarball" unpack_tarball
ktap_test "version numbers agree" versions_agree
ktap_test "the tarball builds out of tree" build_it
ktap_test "make install and modules_install" install_it
ktap_test "everything is where it should be" installed
ktap_test "a program builds and runs with the installed library" compile_user
ktap_done
