#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installed headers compile alone, in C and C++, from a directory that has
# nothing else in it, and the interface in them is usable from both.
. "${top_srcdir:?}/selftests/ktap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# As they are installed.
mkdir "$dir/misc" "$dir/softaccel"
cp "$top_srcdir/include/libcxl.h" "$dir/"
cp "$top_srcdir/include/softaccel/devx.h" "$dir/softaccel/"
cp "$top_srcdir/include/uapi/misc/cxl.h" "$dir/misc/"

# The ABI header has an anonymous union, as the kernel's always had, which
# strict C99 has not: there it is a system header.
compile() { # compile COMPILER-AND-FLAGS... < SOURCE
	"$@" -Wall -Wextra -Werror -fsyntax-only -
}
c99() { echo "#include <$1>" | compile ${CC:-cc} -x c -std=c99 -pedantic -isystem "$dir"; }
c11() { echo "#include <$1>" | compile ${CC:-cc} -x c -std=c11 -I"$dir"; }
cxx11() { echo "#include <$1>" | compile ${CXX:-c++} -x c++ -std=c++11 -I"$dir"; }
cxx20() { echo "#include <$1>" | compile ${CXX:-c++} -x c++ -std=c++20 -I"$dir"; }

own_pedantic() { # our own text, with only the ABI header excused
	mkdir -p "$dir/sys/misc" "$dir/own" && cp "$dir/misc/cxl.h" "$dir/sys/misc/" &&
	cp "$dir/libcxl.h" "$dir/own/" && echo '#include <libcxl.h>' |
		compile ${CC:-cc} -x c -std=c99 -pedantic -Wstrict-prototypes -I"$dir/own" -isystem "$dir/sys"
}

use() { # the loops and constants, in either language
	compile "$@" -I"$dir" <<-EOC
	#include <libcxl.h>
	int main(void)
	{
		struct cxl_adapter_h *adapter;
		struct cxl_afu_h *afu;

		cxl_for_each_adapter(adapter)
			cxl_for_each_adapter_afu(adapter, afu)
				cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN);
		cxl_for_each_afu(afu)
			cxl_afu_free(cxl_afu_open_h(afu, CXL_VIEW_MASTER));
		return CXL_MODE_DEDICATED | CXL_MODE_DIRECTED | CXL_MODE_TIME_SLICED;
	}
	EOC
}

linkage() { # C++ sees C functions
	printf '#include <libcxl.h>\nint main() { return cxl_work_free(0); }\n' |
		${CXX:-c++} -x c++ -I"$dir" -c - -o "$dir/linkage.o" &&
		nm "$dir/linkage.o" | grep -q ' U cxl_work_free$'
}

# mlx5dv.h of any age may have declared the same before.
devx_linkage() {
	printf '#include <infiniband/mlx5dv.h>\n#include <softaccel/devx.h>\n%s\n' \
		'int main() { return !softaccel_devx_open(0, 0); }' |
		${CXX:-c++} -x c++ -Werror -I"$dir" -c - -o "$dir/devx.o" &&
		nm "$dir/devx.o" | grep -q ' U softaccel_devx_open$'
}

ktap_plan 17
for header in libcxl.h misc/cxl.h softaccel/devx.h; do
	ktap_test "$header compiles alone as C99" c99 $header
	ktap_test "$header compiles alone as C11" c11 $header
	ktap_test "$header compiles alone as C++11" cxx11 $header
	ktap_test "$header compiles alone as C++20" cxx20 $header
done
ktap_test "libcxl.h is pedantically C99" own_pedantic
ktap_test "its macros work in C" use ${CC:-cc} -x c
ktap_test "its macros work in C++" use ${CXX:-c++} -x c++
ktap_test "its functions have C linkage" linkage
ktap_test "those of softaccel/devx.h have C linkage, too" devx_linkage
ktap_done
