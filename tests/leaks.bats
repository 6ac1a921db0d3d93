# leaks.bats - many containers with all that could outlive them: limits, and a cable to the host.
#
# LOOP, AT_ONCE, KILLS: how many of them, each in one test.

load helper

setup_file() {
	local tools
	tools=$(cd "$(dirname "$(realpath "$BATS_TEST_FILENAME")")/../tools" && pwd)
	"$tools/doctor" --has cgroup || skip "this host has no control groups with memory, pids and cpu"
	"$tools/doctor" --has veth || skip "this kernel has no veth"
	# Each sandbox counts from 1, and a group is named by a number: here they begin elsewhere.
	echo $((($(</proc/sys/kernel/pid_max) / 4) + RANDOM % 4000 * 4)) >/proc/sys/kernel/ns_last_pid
}

LIMITS=(--memory 50M --pids-limit 20 --cpus 1 --network veth --subnet 10.96.0.0/20)
mapfile -t TREES < <(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts)

# The namespaces that processes are in, the processes themselves, mounts, links and files.
host_state() {
	readlink /proc/[0-9]*/ns/{cgroup,ipc,mnt,net,pid,user,uts} 2>/dev/null | sort -u
	pgrep -c .
	ip -o link show | cut -d: -f1,2
	cat /proc/self/mountinfo
	ls -A "$BATS_TEST_TMPDIR" "$ROOTFS" "$SHARE"
}

# Fills LEFT with the groups of runtimes that have ended. One that is locked is another runtime's:
# where the tests' own numbers are, outside of the sandbox others may be too.
find_groups_of() { # RUNTIME-PID...
	local tree pid group
	LEFT=()
	for tree in "${TREES[@]}"; do
		for pid; do
			for group in "$tree/container-ladder/$pid"-*/; do
				[[ ! -d $group ]] || ! flock -n "$group" true || LEFT+=("$group")
			done
		done
	done
}

# The host's end of a cable goes a moment after the container.
assert_as_before() {
	as_before() { [[ $(host_state) == "$BEFORE" ]]; }
	eventually as_before || assert_equal "$(host_state)" "$BEFORE"
}

# bats test_tags=leaks
@test "hundreds of containers, one after the other, leave no group, link, namespace or process" {
	local i
	ctr_options "${LIMITS[@]}"
	BEFORE=$(host_state)
	for ((i = 0; i < ${LOOP:-200}; i++)); do
		"$BIN" run "${OPTIONS[@]}" true 3>&- 4>&- &
		wait $!
		# At once: the next start would remove it.
		find_groups_of $!
		assert_equal "${LEFT[*]}" ''
	done
	assert_as_before
}

# bats test_tags=leaks
@test "sixty-four containers at once have as many addresses, and leave nothing" {
	local i folder go addresses at_once=${AT_ONCE:-64}
	BEFORE=$(host_state)
	folder=$(share)
	mkfifo -m 666 "$folder/go"
	exec {go}<>"$folder/go"
	for ((i = 0; i < at_once; i++)); do
		ctr_start "${LIMITS[@]}" -v "$folder:/mnt" sh -c "
			ip -4 -o addr show dev eth0 | sed 's/.*inet \([0-9.]*\).*/\1/' >/mnt/new.$i
			mv /mnt/new.$i /mnt/$i
			read -r _ </mnt/go"
	done
	all_there() { [[ $(find "$folder" -mindepth 1 -name '[0-9]*' | wc -l) == "$at_once" ]]; }
	eventually all_there || eventually all_there || eventually all_there || {
		cat "$BATS_TEST_TMPDIR"/out.*
		return 1
	}
	addresses=$(cat "$folder"/[0-9]* | sort -u | grep -c '^10\.96\.')
	# A line for each.
	for ((i = 0; i < at_once; i++)); do
		echo >&"$go"
	done
	exec {go}>&-
	for i in "${STARTED[@]}"; do
		wait "$i"
	done
	assert_equal "$addresses" "$at_once"
	find_groups_of "${STARTED[@]}"
	assert_equal "${LEFT[*]}" ''
	rm -r "$folder" "$BATS_TEST_TMPDIR"/out.*
	assert_as_before
	# shellcheck disable=SC2034 # teardown reads it: their numbers may be others' by now
	STARTED=()
}

# bats test_tags=leaks
@test "a runtime that is killed at a random moment leaves nothing once the next has started" {
	local i never begin length moment found=0
	# Reading from it in vain is a sleep that starts no program.
	mkfifo "$BATS_TEST_TMPDIR/never"
	exec {never}<>"$BATS_TEST_TMPDIR/never"
	ctr_options "${LIMITS[@]}"
	BEFORE=$(host_state)
	# How long one takes, in microseconds: the moments shall lie in its life, and some behind.
	begin=${EPOCHREALTIME/[.,]/}
	"$BIN" run "${OPTIONS[@]}" true 3>&- 4>&-
	length=$((${EPOCHREALTIME/[.,]/} - begin))
	for ((i = 0; i < ${KILLS:-50}; i++)); do
		"$BIN" run "${OPTIONS[@]}" true 3>&- 4>&- &
		CTR=$!
		moment=$(((RANDOM * 32768 + RANDOM) % length))
		printf -v moment '%d.%06d' $((moment / 1000000)) $((moment % 1000000))
		read -r -t "$moment" -u "$never" || true
		kill -KILL "$CTR" 2>/dev/null || true
		wait "$CTR" || true
		find_groups_of "$CTR"
		((${#LEFT[@]} == 0)) || found=$((found + 1))
		# What it had started dies with it, and takes a moment to.
		eventually nothing_runs
		ctr true
		find_groups_of "$CTR"
		assert_equal "${LEFT[*]}" ''
	done
	assert_as_before
	# Some died with a group: else the moments were none.
	echo "killed with a group: $found of $i"
	assert [ "$found" -gt 0 ]
}

nothing_runs() {
	! pgrep -x "$NAME" >/dev/null
}
