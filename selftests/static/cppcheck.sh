#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# cppcheck on what is plain C: programs, libraries, the HCA model and the decoder.
# (Of kernel code it lacks the macros.)
. "$(dirname "$0")/common.sh"

# Left out: advice on style where the kernel's differs (variables at the top of a
# function, members for layout only, arithmetic on void *, a field that is zero but
# stands in its place), and on parameters whose type a callback's caller gives.
check_c() {
	cppcheck -q -j "$jobs" --enable=warning,performance,portability,style \
		--inline-suppr --std=c11 --error-exitcode=1 \
		--suppress=variableScope --suppress=unusedStructMember \
		--suppress=arithOperationsOnVoidPointer --suppress=constParameter \
		--suppress=constParameterPointer --suppress=constParameterCallback \
		--suppress=badBitmaskCheck --suppress=missingIncludeSystem \
		--suppress=checkersReport --suppress=toomanyconfigs \
		-D__x86_64__ -D__linux__ -Iinclude -Iinclude/uapi -Iselftests \
		-Ikernel/core -Ikernel/hca "$@"
}

cd "$top_srcdir" || exit 1
# insn-forms.c writes down what nobody would write, for compilers to translate.
mapfile -t files < <(user_c_files | grep -v '/insn-forms\.c$'; tree_files 'kernel/hca/*.c' 'kernel/core/insn*.c')
ktap_plan 3
ktap_test "the files were found" [ ${#files[@]} -gt 40 ]
ktap_test "cppcheck says nothing about ${#files[@]} files" check_c "${files[@]}"
check_c "$planted/program.c" > "$tmp/planted" 2>&1
ktap_test "cppcheck finds a planted leak" finds 'program.c:.*memleak' "$tmp/planted"
ktap_done
