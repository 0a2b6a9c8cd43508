#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rdma.sh [-l] [-m MODE] [-r REPS]
#
# Latency and bandwidth between two programs on one device, by perftest, as rows
# like those of the measuring programs. selftests/perf/measure has made the
# devices. The sides of a row take turns.
#	-l  list the rows instead
set -euo pipefail

# What is compared: SUBJECT PEER. A line here is another subject.
pairs=(
	"siw rxe"
)

# One test a line: NAME UNIT COLUMN PROGRAM OPTIONS, COLUMN of perftest's result.
# Both ends share one CPU when instructions are counted, so they sleep for events
# where perftest can; a polling end would wait for the other's time slice.
tests=(
	"send_lat us 6 ib_send_lat -e -s 8 -n 500"
	"read_lat us 6 ib_read_lat -e -s 8 -n 500"
	"send_bw MB/s 4 ib_send_bw -e -s 65536 -n 200"
	"write_bw MB/s 4 ib_write_bw -s 65536 -n 200"
)

port=18515

# How perftest is told to use a device, and the address of its server.
device() {
	case $1 in
	rxe) options=(-d rxe0 -x 1) address=10.77.0.1 ;;
	siw) options=(-d siw0 -R) address=10.77.1.1 ;;
	esac
}

# A client that comes too early fails, and so does one that comes in the moment
# between the socket and what is behind it. There is no limit of time here: counted
# instructions know none while a program is being loaded.
listens() {
	until ss -Hltn "sport = :$port" | grep -q .; do
		kill -0 "$server" || return
		sleep 0.1
	done 2> /dev/null
	sleep 0.2
}

# run_test DEVICE COLUMN PROGRAM...: sets $number.
run_test() {
	local column=$2 server options address command
	device "$1"
	shift 2
	# A server's socket may outlive it by a moment.
	port=$((port + 1))
	command=(setarch -R "$@" -p "$port" "${options[@]}")
	: > "$logs/client"
	"${command[@]}" > "$logs/server" 2>&1 &
	server=$!
	if listens && "${command[@]}" "$address" > "$logs/client" 2>&1 && wait "$server"; then
		number=$(awk -v column="$column" '$1 ~ /^[0-9]+$/ { print $column }' "$logs/client")
		return
	fi
	kill "$server" 2> /dev/null || :
	{
		echo "# $* ${options[*]} failed; server, client:"
		cat "$logs/server" "$logs/client"
	} >&2
	return 1
}

# Sorted numbers of standard input: median, least, most.
summary() {
	sort -g | awk '{ v[NR] = $1 }
		END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[1], v[NR] }'
}

# measure SUBJECT PEER NAME UNIT COLUMN PROGRAM...
measure() {
	local subject=$1 peer=$2 name=$3 unit=$4 ours='' theirs='' median least most number
	shift 4
	for _ in $(seq "$reps"); do
		run_test "$subject" "$@" || return
		ours+=$number$'\n'
		run_test "$peer" "$@" || return
		theirs+=$number$'\n'
	done
	read -r median least most < <(printf %s "$ours" | summary)
	printf '%s\t%s_%s\t%s\t%s\t%s\t%s\t%s\t%s_%s\t' "$mode" "$name" "$subject" "$unit" \
		"$median" "$least" "$most" "$reps" "$name" "$peer"
	printf %s "$theirs" | summary |
		awk -v ours="$median" '{ printf "%s\t%.6g\n", $1, $1 ? ours / $1 : 0 }'
}

list=n mode=host reps=3
while getopts lm:r: option; do
	case $option in
	l) list=y ;;
	m) mode=$OPTARG ;;
	r) reps=$OPTARG ;;
	*) exit 2 ;;
	esac
done

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
status=0
for pair in "${pairs[@]}"; do
	read -r subject peer <<< "$pair"
	for test in "${tests[@]}"; do
		if [ $list = y ]; then
			printf '%s_%s\t%s_%s\n' "${test%% *}" "$subject" "${test%% *}" "$peer"
		else
			# shellcheck disable=SC2086 # a list of words
			measure "$subject" "$peer" $test || status=1
		fi
	done
done
exit $status
