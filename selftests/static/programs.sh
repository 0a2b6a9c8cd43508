#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Libraries, examples and tests compile without a word from clang. clang-tidy and
# gcc's analyzer have nothing to say about what users get, the first two.
. "$(dirname "$0")/common.sh"

# Of -Weverything what is worth a change, beyond what configure has. The uverbs
# header ends in an array that programs put their attributes behind.
warnings="-Wno-gnu-variable-sized-type-not-at-end
	-Wformat=2 -Wconditional-uninitialized -Wunreachable-code-aggressive
	-Wimplicit-fallthrough -Wover-aligned -Wcomma -Wassign-enum -Wfloat-equal
	-Wvla -Wunused-macros -Wredundant-parens
	-Wtautological-compare -Wextra-semi-stmt -Warray-bounds-pointer-arithmetic
	-Wloop-analysis -Wold-style-definition"

configure_clang() {
	mkdir -p "$tmp/b" && cd "$tmp/b" &&
		quietly configure.log "$top_srcdir/configure" --without-kernel --enable-werror \
			CC="$here/clang-cc" CFLAGS="-g -O1 $(echo $warnings)"
}

# What no rule builds here is compiled by itself.
compile_rest() {
	local file failed=0 flags
	read -ra flags < <(pkg-config --cflags libibverbs libmlx5 capstone)
	cd "$top_srcdir" || return
	for file in $(user_c_files); do
		[ ! -f "$TIDY_DIR/$(realpath "$file" | tr / _).seen" ] || continue
		echo "$file"
		# shellcheck disable=SC2086
		"$here/clang-cc" -std=gnu11 -D_GNU_SOURCE -I"$tmp/b" -Iinclude -Iinclude/uapi \
			-Iselftests -Ikernel/core -Ikernel/hca -Wall -Wextra -Werror \
			$warnings "${flags[@]}" -c -o /dev/null "$file" || failed=1
	done
	return $failed
}

clang_says_nothing() {
	configure_clang &&
		quietly make.log make -k -j"$jobs" all &&
		quietly make-check.log make -k -j"$jobs" check TESTS= &&
		grep -q 'clang version' config.log &&
		compile_rest
}

tidy_saw_all() {
	local file missing=0
	for file in $(user_c_files | grep -E '^(lib|examples)/'); do
		[ -f "$TIDY_DIR/$(realpath "$top_srcdir/$file" | tr / _).log" ] ||
			{ echo "not seen: $file"; missing=1; }
	done
	return $missing
}

tidy_is_silent() {
	find "$TIDY_DIR" -name '*.log' ! -name '*planted*' -exec \
		grep -hE '/.*(warning|error):' {} + > "$tmp/tidy"
	sort -u -o "$tmp/tidy" "$tmp/tidy"
	empty "$tmp/tidy"
}

analyze() {
	local flags
	read -ra flags < <(pkg-config --cflags libibverbs libmlx5)
	gcc -fanalyzer -std=gnu11 -O1 -Wall -Wextra -I"$tmp/b" \
		-Iinclude -Iinclude/uapi "${flags[@]}" -c -o /dev/null "$1"
}

analyzer_says_nothing() {
	local file
	cd "$top_srcdir" || return
	for file in $(user_c_files | grep -E '^(lib|examples)/'); do
		analyze "$file"
	done > "$tmp/analyzer" 2>&1
	empty "$tmp/analyzer"
}

top=$(realpath "$top_srcdir")
export TIDY_DIR=$tmp/tidy.d TIDY_CONFIG=$here/clang-tidy.yml
export TIDY_HEADERS="$top/(lib|examples|include|selftests|kernel)/"
export TIDY_FILES="$top/@(lib|examples|selftests/static/planted)/*.c"
mkdir "$TIDY_DIR"
ktap_plan 8
ktap_test "clang says nothing" clang_says_nothing
ktap_test "clang-tidy saw every file" tidy_saw_all
ktap_test "clang-tidy says nothing" tidy_is_silent
ktap_test "gcc's analyzer says nothing" analyzer_says_nothing
# shellcheck disable=SC2086
"$here/clang-cc" -Wall $warnings -c -o /dev/null "$planted/program.c" > "$tmp/clang" 2>&1
ktap_test "clang finds planted code that cannot be reached" \
	finds 'program.c:.*unreachable' "$tmp/clang"
ktap_test "clang-tidy finds a planted use after free" \
	finds 'program.c:.*Use of memory after it is freed' "$TIDY_DIR"/*planted_program.c.log
ktap_test "clang-tidy finds a planted infinite loop" \
	finds 'program.c:.*bugprone-infinite-loop' "$TIDY_DIR"/*planted_program.c.log
analyze "$planted/program.c" > "$tmp/analyzer" 2>&1
ktap_test "gcc's analyzer finds a planted use after free" \
	finds 'program.c:.*Wanalyzer-use-after-free' "$tmp/analyzer"
ktap_done
