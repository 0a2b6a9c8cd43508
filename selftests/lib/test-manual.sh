#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The manual pages: clean mdoc, and none of the exported functions left out.
. "${top_srcdir:?}/selftests/ktap.sh"
man=$top_srcdir/man

# Whether another page is installed on this machine is no fault of a page.
lint() {
	command -v mandoc > /dev/null || { echo "no mandoc"; return 4; }
	mandoc -T lint "$1" 2>&1 |
		grep -v -e 'referenced manual not found' -e 'outdated mandoc.db' |
		{ ! grep .; }
}

# Pages of ours that pages refer to.
references() {
	for page in $(sed -n 's/^\.Xr \(cxl_[a-z]*\|softaccel[a-z-]*\) \([0-9]\).*/\1.\2/p' "$man"/*.[0-9] | sort -u); do
		[ -f "$man/$page" ] || { echo "no $page"; return 1; }
	done
}

named() { # a .Nm line in the NAME section of some page
	sed -n '/^\.Sh NAME/,/^\.Sh LIBRARY/s/^\.Nm \([a-z0-9_]*\).*/\1/p' "$man"/cxl_*.3 | sort
}

all_named() {
	sed -n 's/^\t\t\(cxl_[a-z0-9_]*\);/\1/p' "$top_srcdir/lib/cxl/libsoftaccel-cxl.map" |
		sort > exported.$$
	named | diff exported.$$ -
	status=$?
	rm -f exported.$$
	return $status
}

devx_described() {
	for name in $(sed -n 's/^\t\t\([a-z0-9_]*\);/\1/p' "$top_srcdir/lib/devx/libsoftaccel-devx.map"); do
		grep -q "^\.Fn $name " "$man/softaccel-devx.3" || { echo "$name is not described"; return 1; }
	done
}

pages=$(cd "$man" && ls ./*.[0-9])
ktap_plan $(($(echo "$pages" | wc -l) + 3))
for page in $pages; do
	ktap_test "$(basename "$page") is clean" lint "$man/$page"
done
ktap_test "pages refer to pages that exist" references
ktap_test "each function of libsoftaccel-cxl is the name of one page" all_named
ktap_test "each function of libsoftaccel-devx is described" devx_described
ktap_done
