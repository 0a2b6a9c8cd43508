#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# probe.sh OUT KERNEL "PROBE.c ..." COMPILER FLAGS...
#
# Compiles each probe against the kernel that the modules are built for and
# writes OUT: SACC_HAVE_<NAME> is 1 where compat/probes/<name>.c compiled and 0
# where it did not. The compiler's words about a failed probe are kept beside
# OUT, so that a wrong answer can be understood.
#
# What a probe may stumble over is an error; any other warning is not, or one in
# a header of the kernel (its compiler need not be the one it was written for)
# would be taken for the probe's answer, and for every probe's at once.
#
# The object is not /dev/null: with coverage flags the compiler writes a file of
# notes beside it, or, if it has no place, into the directory that make runs in,
# which are the kernel's headers.
set -u

errors="-Wno-error -Werror=implicit-function-declaration
	-Werror=incompatible-pointer-types -Werror=int-conversion"

out=$1 kernel=$2 probes=$3
shift 3

tmp=$out.tmp log=${out%.h}.log
mkdir -p "$(dirname "$out")"
: > "$log"
echo "/* What kernel $kernel offers; written by compat/probe.sh. */" > "$tmp"

object=${out%.h}-probe.o control=${out%.h}-probe.c
trap 'rm -f "$tmp" "$control" "$object" "${object%.o}.gcno"' EXIT
echo 'int sacc_compat_control;' > "$control"
if ! "$@" -c -o "$object" "$control" >> "$log" 2>&1; then
	echo "softaccel: cannot compile for kernel $kernel at all; see $log" >&2
	cat "$log" >&2
	exit 1
fi

for probe in $probes; do
	name=$(basename "$probe" .c | tr 'a-z-' 'A-Z_')
	# shellcheck disable=SC2086
	if "$@" $errors -c -o "$object" "$probe" >> "$log" 2>&1; then
		value=1
	else
		value=0
	fi
	echo "#define SACC_HAVE_$name $value" >> "$tmp"
done
mv "$tmp" "$out"
