#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All C files as checkpatch wants them; what it may complain about all the same
# stands in checkpatch-known. And kernel-doc comments describe what they stand at.
. "$(dirname "$0")/common.sh"
scripts=$("$here/linux-scripts") || { echo "Bail out! no scripts"; exit 1; }

# checkpatch OUT FILE...: its complaints, a line each; fails when it did not look
# at each file. (With --terse it would stop at the first that is clean.)
checkpatch() {
	local out=$1
	shift
	rm -rf "$out.d"
	mkdir "$out.d"
	# Its own file for each process: lines of two must not mix.
	printf '%s\0' "$@" |
		xargs -0 -P "$jobs" -n 16 bash -c '
			perl "$0" --no-tree --root=. --strict --emacs --show-types -f "${@:2}" > "$1/$$"
		' "$scripts/checkpatch.pl" "$out.d" 2> "$out.err"
	empty "$out.err" || return
	cat "$out.d"/* > "$out.all"
	[ "$(grep -c '^total: ' "$out.all")" -eq $# ] ||
		{ echo "checkpatch died"; tail "$out.all"; return 1; }
	grep -E '(ERROR|WARNING|CHECK):[A-Z_]+: ' "$out.all" | sort > "$out"
}

# Lines of checkpatch-known: FILES TYPE SOURCE REASON...; FILES a pattern, SOURCE an
# extended regular expression that the line of source matches, or -.
patterns=() types=() sources=() used=()
read_known() {
	local pattern type source reason
	while read -r pattern type source reason; do
		[[ -n $pattern && $pattern != \#* ]] || continue
		[ -n "$reason" ] || { echo "no reason: $pattern $type"; return 1; }
		patterns+=("$pattern") types+=("$type") sources+=("$source") used+=(0)
	done < "$here/checkpatch-known"
}

is_known() { # is_known FILE LINE TYPE
	local i text=''
	[ "$2" = 0 ] || text=$(sed -n "$2p" "$1")
	for i in "${!patterns[@]}"; do
		# shellcheck disable=SC2053
		[[ $1 == ${patterns[i]} && $3 == "${types[i]}" ]] || continue
		[[ ${sources[i]} == - || $text =~ ${sources[i]} ]] || continue
		used[i]=1
		return 0
	done
	return 1
}

# Not in a subshell: both lists are wanted afterwards.
sort_complaints() {
	local complaint file line type
	echo "checkpatch has not run" | tee "$tmp/stale" > "$tmp/new"
	[ -f "$tmp/complaints" ] || return
	: > "$tmp/new"
	while read -r complaint; do
		IFS=: read -r file line _ type _ <<< "$complaint"
		is_known "$file" "$line" "$type" || echo "$complaint" >> "$tmp/new"
	done < "$tmp/complaints"
	: > "$tmp/stale"
	for i in "${!used[@]}"; do
		[ "${used[i]}" = 1 ] ||
			echo "matches nothing: ${patterns[i]} ${types[i]} ${sources[i]}" >> "$tmp/stale"
	done
}

checkpatch_runs() {
	checkpatch "$tmp/complaints" "${files[@]}"
}

# Files that have such comments; kernel-doc calls the others empty.
kernel_doc() {
	mapfile -t documented < <(grep -lE '^[[:space:]]*/\*\*$' "$@")
	[ ${#documented[@]} -gt 0 ] || { echo "no kernel-doc comments"; return 1; }
	"$scripts/kernel-doc" -none -Werror "${documented[@]}"
}

# It leaves a cache where it runs: not in the source.
mkdir "$tmp/tree" && cd "$tmp/tree" || exit 1
ln -s "$top_srcdir"/{kernel,lib,include,examples,selftests} .
mapfile -t files < <(tree_files 'kernel/*.[ch]' 'lib/*.[ch]' 'include/*.h' \
	'examples/*.[ch]' 'selftests/*.[ch]')
ktap_plan 6
ktap_test "checkpatch looked at ${#files[@]} files" checkpatch_runs
read_known
sort_complaints
ktap_test "checkpatch --strict says nothing new" empty "$tmp/new"
ktap_test "each entry of checkpatch-known is needed" empty "$tmp/stale"
ktap_test "kernel-doc says nothing" kernel_doc "${files[@]}"
checkpatch "$tmp/planted" "$planted/style.c"
ktap_test "checkpatch finds a planted space before a parenthesis" \
	finds 'style.c:[0-9]+: WARNING:SPACING:' "$tmp/planted"
kernel_doc "$planted/style.c" > "$tmp/planted" 2>&1
ktap_test "kernel-doc finds a planted parameter without description" \
	finds "style.c:[0-9]+: .*'undescribed' not described" "$tmp/planted"
ktap_done
