#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Shell scripts without the mistakes that shellcheck knows.
. "$(dirname "$0")/common.sh"

# Scripts have no common suffix: they are known by their first lines.
shell_scripts() {
	tree_files quickstart ".ci/*" "debian/*" "kernel/*" "examples/*" "selftests/*" |
		while read -r file; do
		! head -n 3 "$file" | tr -d '\0' |
			grep -qE '^#! ?/(usr/)?bin/(env )?(ba|da)?sh|^# shellcheck shell=' || echo "$file"
	done
}

# A variable that a part for sourcing sets is for whom sources it (SC2034); QEMU's
# arguments have commas (SC2054).
check_shell() {
	shellcheck -x -P "$top_srcdir" -P SCRIPTDIR -S warning -e SC2034,SC2054 -f gcc "$@"
}

cd "$top_srcdir" || exit 1
mapfile -t scripts < <(shell_scripts)
ktap_plan 3
ktap_test "the scripts were found" [ ${#scripts[@]} -gt 20 ]
ktap_test "shellcheck says nothing about ${#scripts[@]} scripts" check_shell "${scripts[@]}"
check_shell "$planted/script.sh" > "$tmp/planted"
ktap_test "shellcheck finds a planted array without quotes" \
	finds 'script.sh:[0-9:]+ .*SC2068' "$tmp/planted"
ktap_done
