#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The libraries, as they were linked: what they export, are called and need.
. "${top_srcdir:?}/selftests/ktap.sh"
cxl=${top_builddir:?}/lib/cxl/.libs/libsoftaccel-cxl.so
dropin=$top_builddir/lib/cxl/.libs/libcxl.so
devx=$top_builddir/lib/devx/.libs/libsoftaccel-devx.so
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

exports() { # exports LIBRARY MAP NODE
	sed -n 's/^\t\t\([a-z0-9_]*\);/\1/p' "$2" | sort | sed "s/\$/@@$3/" > "$dir/want"
	nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' | sort > "$dir/got"
	[ -s "$dir/want" ] && diff "$dir/want" "$dir/got"
}

soname() { readelf -d "$1" | grep -q "SONAME.*\[$2\]"; }

needs() { # needs LIBRARY NAME...: no other library
	lib=$1
	shift
	readelf -d "$lib" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' > "$dir/needed"
	for name; do
		sed -i "/^$name\\.so/d" "$dir/needed"
	done
	# of the C library and the compiler
	! grep -v -e '^libc\.so' -e '^ld-linux' -e '^libgcc_s' -e '^libpthread' "$dir/needed"
}

declared() { # every function of the header, and nothing else, is exported
	sed -n 's/.*\b\(cxl_[a-z0-9_]*\)(\([^0-9].*\)\?$/\1/p' "$top_srcdir/include/libcxl.h" |
		grep -v '^cxl_for_each' | sort -u > "$dir/want"
	sed -n 's/^\t\t\([a-z0-9_]*\);/\1/p' "$top_srcdir/lib/cxl/libsoftaccel-cxl.map" | sort > "$dir/got"
	diff "$dir/want" "$dir/got" && [ "$(wc -l < "$dir/got")" -eq 66 ]
}

# Each function in the node that libcxl had it in.
dropin_exports() {
	awk '/^LIBCXL_/ { node = $1 } /^\t\tcxl_/ { sub(";", ""); print $1 "@@" node }' \
		"$top_srcdir/lib/cxl/libcxl.map" | sort > "$dir/want"
	nm -D --defined-only "$dropin" | awk '$2 != "A" { print $3 }' | sort > "$dir/got"
	[ "$(wc -l < "$dir/want")" -eq 66 ] && diff "$dir/want" "$dir/got"
}

dropin_nodes() {
	printf 'LIBCXL_%s\n' 1 1.1 1.2 1.4 1.6 1.7 > "$dir/want"
	nm -D --defined-only "$dropin" | awk '$2 == "A" { print $3 }' |
		sed 's/@.*//' | sort > "$dir/got"
	diff "$dir/want" "$dir/got"
}

# A program linked with -lcxl finds it, and only it, and it works.
dropin_runs() {
	cat > "$dir/program.c" <<-'PROGRAM'
		#include <errno.h>
		#include <libcxl.h>
		int main(void)
		{
			char null[] = "/dev/null";

			if (cxl_afu_open_dev(null) || errno != ENODEV)
				return 1;
			if (cxl_get_tunneled_ops_supported(0, 0) != -1)
				return 2;
			return cxl_work_free(cxl_work_alloc());
		}
	PROGRAM
	libs=$(cd "$top_builddir/lib/cxl/.libs" && pwd)
	${CC:-cc} -I"$top_srcdir/include" -I"$top_srcdir/include/uapi" \
		-o "$dir/program" "$dir/program.c" -L"$libs" -lcxl || return
	readelf -d "$dir/program" | grep -q 'NEEDED.*\[libcxl\.so\.1\]' || return
	readelf -V "$dir/program" | grep -q 'LIBCXL_1\.7' || return
	LD_LIBRARY_PATH=$libs "$dir/program"
}

no_mlx5() { ! nm -D "$1" | grep -q ' U _*mlx5'; }

# Each function of the DEVX family that some libmlx5 has, and that header or ours declares.
family() {
	header=$(printf '#include <infiniband/mlx5dv.h>\n' | ${CC:-cc} -M -x c - |
		grep -o '[^ ]*/mlx5dv\.h') || return
	cat "$header" "$top_srcdir/include/softaccel/devx.h" |
		grep -o '\b_*mlx5dv_\(devx_\|get_export_sizes\|is_supported\|open_device\)[a-z0-9_]*(' |
		tr -d '(' | grep -v '^mlx5dv_get_export_sizes' | sort -u > "$dir/want"
	sed -n 's/^\t\t\(_*mlx5dv[a-z0-9_]*\);/\1/p' "$top_srcdir/lib/devx/libsoftaccel-devx.map" |
		sort > "$dir/got"
	diff "$dir/want" "$dir/got" && [ "$(wc -l < "$dir/got")" -eq 44 ]
}

# A register is accessed by one instruction, which a decoder has to know.
accesses() { # in the four guarded functions: plain moves to or from a register
	objdump -d --no-show-raw-insn "$cxl" > "$dir/code"
	awk '/^[0-9a-f]+ <(cxl_mmio_(read|write)|guarded_(load|store))(32|64)/ { on = 1 } /^$/ { on = 0 } on' "$dir/code" |
		grep -E 'movbe|movdq|movups|movaps|xmm|rep |xchg.*\(' && return 1
	return 0
}

ktap_plan 15
ktap_test "libsoftaccel-cxl exports its map" exports "$cxl" "$top_srcdir/lib/cxl/libsoftaccel-cxl.map" SOFTACCEL_CXL_0
ktap_test "libsoftaccel-cxl exports what libcxl.h declares, 66 functions" declared
ktap_test "libsoftaccel-cxl has its own soname" soname "$cxl" libsoftaccel-cxl.so.0
ktap_test "libsoftaccel-cxl needs the C library only" needs "$cxl"
ktap_test "libsoftaccel-cxl accesses registers by plain moves" accesses
ktap_test "the drop-in exports each function in its version node" dropin_exports
ktap_test "the drop-in has the version nodes of libcxl 1.7" dropin_nodes
ktap_test "the drop-in has the soname of libcxl" soname "$dropin" libcxl.so.1
ktap_test "the drop-in needs the C library only" needs "$dropin"
ktap_test "a program that is linked with -lcxl works with the drop-in" dropin_runs
ktap_test "libsoftaccel-devx exports its map" exports "$devx" "$top_srcdir/lib/devx/libsoftaccel-devx.map" SOFTACCEL_DEVX_0
ktap_test "libsoftaccel-devx exports the whole family, 44 functions" family
ktap_test "libsoftaccel-devx has its own soname" soname "$devx" libsoftaccel-devx.so.0
ktap_test "libsoftaccel-devx needs libibverbs and libnl only" needs "$devx" libibverbs libnl-3
ktap_test "libsoftaccel-devx uses no function of libmlx5" no_mlx5 "$devx"
ktap_done
