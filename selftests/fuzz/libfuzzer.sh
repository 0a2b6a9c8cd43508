#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libfuzzer.sh			fuzz each target for FUZZ_SECONDS, both at once
# libfuzzer.sh --grow SECONDS	fuzz, then add what reaches more to the kept corpora
#
# Builds selftests/fuzz/hca.c and insn.c with clang's libFuzzer and sanitizers and
# runs them from copies of the kept corpora; then checks that they find a planted
# bug, from nothing. An input that fails stays in OUT/failing: once the bug is fixed,
# it belongs into corpus/TARGET under a name that says what it found ("make check"
# runs all that lie there).
#
# Environment: top_srcdir (default: by the place of this script); top_builddir (.);
# OUT, a folder for programs, logs and failing inputs (top_builddir/selftests/fuzz/out);
# FUZZ_SECONDS (60); CLANG (the newest there is).
set -u
top_srcdir=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")
OUT=${OUT:-${top_builddir:-.}/selftests/fuzz/out}
seconds=${FUZZ_SECONDS:-60}
targets="hca insn"
# shellcheck source=selftests/ktap.sh
. "$top_srcdir/selftests/ktap.sh"

find_clang() {
	local dir
	command -v "${CLANG:-clang}" && return
	IFS=: read -ra dirs <<< "$PATH"
	for dir in "${dirs[@]}"; do
		ls "$dir"/clang-[0-9]* 2>/dev/null
	done | grep -E '/clang-[0-9]+$' | sort -t- -k2n | tail -n 1 | grep .
}

# build TARGET PROGRAM FLAGS...: what keeps records for a target goes without
# instrumentation, which would be most of its time.
build() {
	local target=$1 program=$2 clang file flags plain=() sources=() libs=() objects=()
	shift 2
	clang=$(find_clang) || { echo "no clang: packages clang, libclang-rt-dev"; return 1; }
	flags=(-g -O1 -Wall -Wextra -Werror "-fsanitize=address,undefined"
	       -fno-sanitize-recover=all -fno-omit-frame-pointer
	       -I"$top_srcdir/selftests" "$@")
	case $target in
	hca)
		plain=(selftests/fuzz/hca-shadow.c)
		sources=(selftests/fuzz/hca.c selftests/fuzz/hca-command.c
			 selftests/fuzz/hca-control.c selftests/fuzz/hca-flow.c
			 selftests/fuzz/hca-general.c selftests/fuzz/hca-queue.c
			 selftests/fuzz/hca-queue-create.c)
		for file in "$top_srcdir"/kernel/hca/*.c; do
			sources+=("kernel/hca/${file##*/}")
		done
		;;
	insn)
		sources=(selftests/fuzz/insn.c kernel/core/insn_x86.c
			 kernel/core/insn_exec_x86.c kernel/core/insn_bits_x86.c)
		read -ra file <<< "$(pkg-config --cflags capstone)"
		flags+=(-I"$top_srcdir/kernel/core" "${file[@]}")
		read -ra libs <<< "$(pkg-config --libs capstone)"
		;;
	esac
	mkdir -p "$program.obj" || return 1
	for file in "${plain[@]}"; do
		"$clang" "${flags[@]}" -c -o "$program.obj/$(basename "$file").o" \
			"$top_srcdir/$file" || return 1
		objects+=("$program.obj/$(basename "$file").o")
	done
	"$clang" "${flags[@]}" -fsanitize=fuzzer -o "$program" "${objects[@]}" \
		"${sources[@]/#/$top_srcdir/}" "${libs[@]}"
}

# run TARGET PROGRAM SECONDS PREFIX CORPUS: libFuzzer, its output to PROGRAM.log and
# failing inputs to PREFIXcrash-* and so on. Its status goes to PROGRAM.status.
run() {
	local target=$1 program=$2 limit=$3 prefix=$4 max_len=1024
	shift 4
	[ "$target" = insn ] && max_len=30
	timeout $((limit + 120)) "$program" -max_total_time="$limit" \
		-max_len="$max_len" -timeout=30 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$prefix" "$@" \
		> "$program.log" 2>&1
	echo $? > "$program.status"
}

# show TARGET PROGRAM: what is of use in the log of a run that failed
show() {
	local input
	grep -E '^# |ERROR:|SUMMARY:' "$2.log" || tail -n 20 "$2.log"
	input=$(sed -n 's/.*Test unit written to //p' "$2.log" | tail -n 1)
	[ -n "$input" ] || input=$(sed -n 's/^Running: //p' "$2.log" | tail -n 1)
	[ -n "$input" ] || return
	echo "to reproduce: $2 $input"
	echo "or, with gcc: make selftests/fuzz/replay-$1 && selftests/fuzz/replay-$1 $input"
}

# edges WORD LOG: of the last line that says WORD
edges() {
	sed -n "s/.*$1 *cov: \([0-9]*\) .*/\1/p" "$2" | tail -n 1
}

replays() {
	"$OUT/$1" -runs=0 -artifact_prefix="$OUT/failing/$1-" "$OUT/corpus-$1" > "$OUT/$1.log" 2>&1 ||
		{ show "$1" "$OUT/$1"; return 1; }
	edges DONE "$OUT/$1.log" > "$OUT/$1.edges"
	echo "$(find "$OUT/corpus-$1" -type f | wc -l) inputs, $(cat "$OUT/$1.edges") edges"
	[ "$(cat "$OUT/$1.edges")" -gt 0 ]
}

found_nothing() {
	[ "$(cat "$OUT/$1.status")" -eq 0 ] || { show "$1" "$OUT/$1"; return 1; }
}

# A fuzzer that ran nothing finds nothing.
went_on() {
	local runs inputs before after
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$OUT/$1.log")
	inputs=$(find "$top_srcdir/selftests/fuzz/corpus/$1" -type f | wc -l)
	before=$(cat "$OUT/$1.edges")
	after=$(edges DONE "$OUT/$1.log")
	echo "${runs:-no} executions, ${after:-no} edges, ${before:-no} of them from the kept corpus"
	[ "${runs:-0}" -gt $((2 * inputs)) ] && [ "${before:-0}" -gt 0 ] &&
		[ "${after:-0}" -ge "$before" ]
}

# finds TARGET WHAT: the bug that was planted and no other
finds() {
	[ "$(cat "$OUT/$1-plant.status")" -ne 0 ] || { echo "it found nothing"; return 1; }
	sed -n 's/^stat::number_of_executed_units: */executions until found: /p' "$OUT/$1-plant.log"
	grep -q "$2" "$OUT/$1-plant.log" && grep -q 'Test unit written' "$OUT/$1-plant.log" &&
		return
	show "$1" "$OUT/$1-plant"
	return 1
}

# in_parallel COMMAND [ARGS]: for each target, which is put first
in_parallel() {
	local target pids=() failed=0 how=$1
	shift
	for target in $targets; do
		"$how" "$target" "$@" &
		pids+=($!)
	done
	for target in "${pids[@]}"; do
		wait "$target" || failed=1
	done
	return $failed
}

fuzz() {
	run "$1" "$OUT/$1" "$seconds" "$OUT/failing/$1-" "$OUT/corpus-$1"
}

plant() {
	build "$1" "$OUT/$1-plant" -DFUZZ_PLANT > "$OUT/$1-plant.log" 2>&1 || return 1
	mkdir "$OUT/empty-$1"
	run "$1" "$OUT/$1-plant" $((seconds < 240 ? 240 : seconds)) \
		"$OUT/$1-plant-" "$OUT/empty-$1"
}

grow() {
	build "$1" "$OUT/$1" && fuzz "$1" && found_nothing "$1" &&
		"$OUT/$1" -merge=1 -use_counters=0 "$top_srcdir/selftests/fuzz/corpus/$1" \
			"$OUT/corpus-$1" 2>&1 | grep 'MERGE-OUTER'
}

[ "${1-}" != --grow ] || seconds=${2:?seconds}
# 0 would be for ever.
[ "$seconds" -gt 0 ] || { echo "FUZZ_SECONDS: $seconds" >&2; exit 1; }
mkdir -p "$OUT/failing" || exit 1
OUT=$(realpath "$OUT")
for target in $targets; do
	rm -rf "${OUT:?}/$target" "$OUT/$target".* "$OUT/$target"-* \
		"$OUT/corpus-$target" "$OUT/empty-$target"
	cp -rL "$top_srcdir/selftests/fuzz/corpus/$target" "$OUT/corpus-$target" || exit 1
	chmod -R u+w "$OUT/corpus-$target"
done

if [ "${1-}" = --grow ]; then
	in_parallel grow
	exit
fi

ktap_plan 10
for target in $targets; do
	ktap_test "$target: builds" build "$target" "$OUT/$target"
	ktap_test "$target: the kept corpus replays clean" replays "$target"
done
in_parallel fuzz
for target in $targets; do
	ktap_test "$target: $seconds seconds find nothing" found_nothing "$target"
	ktap_test "$target: it ran, and reached what the kept corpus reaches" went_on "$target"
done
in_parallel plant
ktap_test "hca: finds a planted overflow that takes several operations" \
	finds hca "heap-buffer-overflow"
ktap_test "insn: finds a planted disagreement with the disassembler" \
	finds insn "not so: .*mem\.disp"
ktap_done
