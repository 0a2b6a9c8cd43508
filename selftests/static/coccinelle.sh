#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own semantic patches, all of them, report nothing about the modules.
. "$(dirname "$0")/common.sh"
scripts=$("$here/linux-scripts")/coccinelle || { echo "Bail out! no scripts"; exit 1; }

# SCRIPT REASON. The first two are written in OCaml and need a compiler for it. Of
# the others none may fail.
not_run="
api/check_bq27xxx_data.cocci names one driver's data
null/badzero.cocci sparse finds 0 for a pointer, too
misc/minmax.cocci the model and the decoder do without min() in user space
"

# report OUT FILE-OR-DIR: what all semantic patches say about it.
report() {
	rm -rf "$1"
	mkdir "$1"
	(cd "$scripts" && echo */*.cocci) | tr ' ' '\n' |
		grep -vxF "$(echo "$not_run" | cut -d ' ' -f 1 | grep .)" > "$1/scripts"
	xargs -P "$jobs" -I '{}' bash -c 'one_script "$@"' one_script "$1" '{}' "$2" < "$1/scripts"
}

# The options that the script asks for are in a comment of it.
one_script() { # one_script OUT SCRIPT FILE-OR-DIR
	local options out
	out=$1/$(echo "$2" | tr / -)
	read -ra options < <(sed -n 's|^// *Options: *||p' "$scripts/$2")
	timeout 300 spatch -D report --very-quiet --no-show-diff "${options[@]}" \
		-I "$top_srcdir/kernel/include" --cocci-file "$scripts/$2" --dir "$3" \
		> "$out.out" 2> "$out.err" ||
		{ echo "$2: spatch exits with $?"; cat "$out.err"; } > "$out.failed"
}
export -f one_script
export scripts top_srcdir

all_ran() {
	cat "$tmp"/modules/*.failed 2> /dev/null > "$tmp/failed"
	empty "$tmp/failed" &&
		[ "$(find "$tmp/modules" -name '*.out' | wc -l)" -eq "$(wc -l < "$tmp/modules/scripts")" ]
}
silent() {
	cat "$tmp"/modules/*.out > "$tmp/said"
	empty "$tmp/said"
}

cp -rL "$top_srcdir/kernel" "$tmp/kernel"
report "$tmp/modules" "$tmp/kernel"
mkdir "$tmp/planted"
cp "$planted/module.c" "$tmp/planted"
report "$tmp/found" "$tmp/planted"

ktap_plan 5
ktap_test "$(wc -l < "$tmp/modules/scripts") semantic patches ran" all_ran
ktap_test "they have nothing to report" silent
ktap_test "coccinelle finds a planted use after free" \
	finds 'module.c:.*reference preceded by free' "$tmp/found/free-kfree.cocci.out"
ktap_test "coccinelle finds a planted lock that is kept" \
	finds 'module.c:.*preceding lock' "$tmp/found/locks-mini_lock.cocci.out"
ktap_test "coccinelle finds a planted iterator used after its loop" \
	finds 'module.c:.*invalid reference to the index' "$tmp/found/iterators-use_after_iter.cocci.out"
ktap_done
