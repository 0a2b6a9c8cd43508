#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Which room may know which. The rules are those of kernel/Documentation/layering.rst.
. "${top_srcdir:?}/selftests/ktap.sh"
cd "$top_srcdir" || exit 1

# none PATTERN PATH...: no C line below PATH matches.
none() {
	pattern=$1
	shift
	for path in "$@"; do
		[ -e "$path" ] || { echo "no such path: $path"; return 1; }
	done
	! grep -rnE --include='*.[ch]' "$pattern" "$@"
}

# hca/ sees the world through port.h alone.
hca() {
	! grep -rnE --include='*.[ch]' '#[ \t]*include *<' kernel/hca | grep -v '^kernel/hca/port\.h:' &&
		none '#[ \t]*include *"([^"]*/)?(devx|core|cxl|afu|compat|softaccel)/' kernel/hca
}

# AFUs see the ops header and types, never a file, a vma or an mm.
afu() {
	none 'struct (file|vm_area_struct|mm_struct|task_struct)\b' kernel/afu &&
		none '#[ \t]*include *<(rdma|linux/(fs|mm|mm_types|sched|file|cdev|device)[/.])' kernel/afu &&
		none '#[ \t]*include *"([^"]*/)?(cxl|core|devx|hca)/' kernel/afu
}

umem() {
	# (compat/ asks whether there is such a call, and names it.)
	files=$(grep -rlE --include='*.[ch]' --exclude-dir=compat '\bib_umem_[a-z_]+\(' kernel)
	[ "$(echo "$files" | wc -w)" -eq 1 ] || { echo "files: $files"; return 1; }
}

ktap_plan 8
ktap_test "hca/ includes only its own headers and port.h" hca
ktap_test "core/ knows neither device nor RDMA" \
	none '#[ \t]*include *(<rdma/|<linux/mlx5/|"([^"]*/)?(cxl|afu|devx|hca)/)' kernel/core
ktap_test "cxl/ and afu/ do without RDMA" \
	none '#[ \t]*include *(<rdma/|<linux/mlx5/|"([^"]*/)?(devx|hca)/)' kernel/cxl kernel/afu
ktap_test "afu/ never meets a file, a vma or an mm" afu
ktap_test "one file owns every ib_umem call" umem
ktap_test "kernel versions are known in compat/ only" \
	none 'LINUX_VERSION_CODE|KERNEL_VERSION\(|RHEL_RELEASE' \
	kernel/core kernel/cxl kernel/afu kernel/devx kernel/hca kernel/include
ktap_test "lib/ never includes kernel/" none '#[ \t]*include *["<].*kernel/' lib include examples
ktap_test "installed headers include nothing private" \
	none '#[ \t]*include *"' include
ktap_done
