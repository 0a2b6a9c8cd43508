#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# insn-forms.sh SOURCE OUT CC [ARGS...]
#
# Compiles insn-forms.c with CC and, where it is installed, clang, each with several
# options, into the one object file OUT. What the tests are compiled with does not
# matter here: the options are what is tested.
set -euo pipefail
source=$1 out=$2
shift 2
[ $# -gt 0 ] || set -- cc

objects=()
trap 'rm -f "${objects[@]}"' EXIT

# compile NAME OPTIONS COMPILER...
compile() {
	local name=$1 options=$2 object="$out.${#objects[@]}.tmp.o"
	shift 2
	objects+=("$object")
	# shellcheck disable=SC2086 # options are words
	"$@" -std=gnu11 -fwrapv -fno-strict-aliasing -Wall -Wextra $options \
		-DFORM_COMPILER="\"$name $options\"" -c -o "$object" "$source"
}

case $("$@" -dumpmachine) in
x86_64-*) haswell=y ;;
*) haswell=n ;;
esac

each() { # each NAME COMPILER...
	local level
	for level in -O0 -O1 -O2 -O3 -Os; do
		compile "$1" "$level" "${@:2}"
	done
	[ $haswell = y ] || return 0
	compile "$1" "-O2 -march=haswell" "${@:2}"
	compile "$1" "-O3 -march=haswell -mtune=skylake" "${@:2}"
	compile "$1" "-O2 -fPIC -fno-omit-frame-pointer -fstack-protector-all" "${@:2}"
}

each "${1##*/}" "$@"
# Its default target need not be ours.
if [ $haswell = y ] && command -v clang >/dev/null &&
   [[ "$(clang -dumpmachine)" = x86_64-* ]]; then
	each clang clang
fi
"$@" -r -nostdlib -o "$out" "${objects[@]}"
