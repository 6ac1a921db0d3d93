# step03: process numbers of its own, with System V IPC as their rider.

load helper

# bats test_tags=step:03,points:15
@test "the command is PID 1" {
	run ctr sh -c 'echo $$'
	assert_success
	assert_output 1
}

# bats test_tags=step:03,points:10
@test "the PID namespace is another one than the host's, and the host sees the process in it" {
	local ours child
	ours=$(readlink /proc/self/ns/pid)
	ctr_start sleep 30
	child=$(ctr_child "$CTR")
	eventually grep -q '^sleep' "/proc/$child/cmdline"
	assert_not_equal "$(readlink "/proc/$child/ns/pid")" "$ours"
	# NSpid: its number here, then its number inside.
	assert_equal "$(sed -n 's/^NSpid:\t//p' "/proc/$child/status")" "$child"$'\t'1
}

# bats test_tags=step:03,points:15
@test "the host's processes are out of reach of the container's signals" {
	local victim
	sleep 60 3>&- 4>&- &
	victim=$!
	STARTED+=("$victim")
	# The number must not be one that the container has itself.
	assert [ "$victim" -gt 50 ]
	run ctr sh -c "kill -KILL $victim"
	assert_failure
	assert_output --partial "No such process"
	refute ended "$victim"
	# The same act where nobody prevents it.
	run sh -c "kill -KILL $victim"
	assert_success
	eventually ended "$victim"
}

# bats test_tags=step:03,points:10
@test "message queues and shared memory are not shared with the host, either way" {
	local ours theirs
	ours=$((RANDOM + 0x10000)) theirs=$((RANDOM + 0x20000))
	"$ROOTFS/payloads/queue" "$ours" make
	run "$ROOTFS/payloads/queue" "$ours"
	assert_output seen
	run ctr "$(payload queue)" "$ours"
	assert_output hidden
	run ctr "$(payload queue)" "$theirs" make
	assert_output seen
	run "$ROOTFS/payloads/queue" "$theirs"
	assert_output hidden
	assert_not_equal "$(ctr readlink /proc/self/ns/ipc)" "$(readlink /proc/self/ns/ipc)"
}

# bats test_tags=step:03,points:10
@test "when PID 1 ends, the kernel ends what it left behind" {
	local number
	number=$((RANDOM + 100000))
	# Not with our output: run would wait for whoever holds it.
	run ctr sh -c "sleep $number >/dev/null 2>&1 & exit 3"
	assert_failure 3
	run pgrep -f "^sleep $number"
	assert_failure
}

# bats test_tags=step:03,points:10
@test "--init is PID 1, reaps orphans and gives the command's status" {
	local code=$((RANDOM % 100 + 1))
	run ctr --init "$(payload orphan)"
	assert_line "parent 1"
	assert_line reaped
	run ctr --init sh -c "exit $code"
	assert_failure "$code"
	# That a signal can end it at all: the mask is the caller's, not PID 1's.
	run ctr --init sh -c 'kill -s USR1 $$'
	assert_failure "$((128 + $(kill -l USR1)))"
	# Without it, nobody reaps them: the command is PID 1 itself.
	run ctr "$(payload orphan)"
	assert_line "parent 0"
	assert_line zombie
}

# bats test_tags=step:03,points:5
@test "--init passes signals on, and its end is the container's" {
	local number
	number=$((RANDOM + 100000))
	ctr_start --init sh -c \
		"trap 'exit 6' USR1; sleep $number & echo parent \$PPID; while :; do sleep 0.05; done"
	ctr_printed '^parent '
	assert_equal "$(<"$OUT")" "parent 1"
	kill -s USR1 "$CTR"
	ctr_wait
	assert_equal "$status" 6
	run pgrep -f "^sleep $number"
	assert_failure
}

# bats test_tags=step:03,points:10
@test "a PID 1 that ignores SIGTERM is killed after --stop-timeout" {
	ctr_start --stop-timeout 2 sh -c 'echo ready; while :; do sleep 0.05; done'
	ctr_printed ready
	kill -s TERM "$CTR"
	sleep 0.3
	refute ended "$CTR"
	# Again and again does not put it off.
	ended_at_last() { kill -s TERM "$CTR" 2>/dev/null; ended "$CTR"; }
	eventually ended_at_last
	ctr_wait
	assert_equal "$status" 137
	run ctr --stop-timeout 0 true
	assert_refused "--stop-timeout '0'"
}

# bats test_tags=step:03,points:10
@test "the container dies with its runtime, even by kill -9" {
	local child option
	for option in '' --init; do
		# shellcheck disable=SC2086
		ctr_start $option sh -c 'echo ready; while :; do sleep 0.05; done'
		ctr_printed ready
		child=$(ctr_child "$CTR")
		STARTED+=("$child")
		kill -s KILL "$CTR"
		eventually ended "$child"
	done
}

# bats test_tags=step:03,points:5
@test "a runtime that is killed before its child asked to die with it leaves no container" {
	local mark child seconds=2
	mark=$SHARE/$(token)
	# Long enough to find the child meanwhile.
	[[ ! ${VM:-} ]] || seconds=8
	ctr_options -v "$SHARE:$SHARE"
	# The child is held up at its prctl(PR_SET_PDEATHSIG) until nobody would send the signal. If
	# the command comes to run, it stays.
	ASAN_OPTIONS=$TRACEABLE strace -f -qq -o /dev/null -e trace=prctl -e "inject=prctl:delay_enter=${seconds}000000" \
		"$BIN" run "${OPTIONS[@]}" sh -c "echo ran >'$mark'; sleep 30" \
		</dev/null >/dev/null 2>&1 3>&- 4>&- &
	STARTED+=("$!")
	# strace has other children too, for a moment: the runtime is the one that has the name.
	started() { CTR=$(pgrep -P "$1" -x "$NAME") && child=$(pgrep -P "$CTR"); }
	eventually started "$!"
	STARTED+=("$CTR" "$child")
	kill -s KILL "$CTR"
	eventually ended "$child"
	refute [ -e "$mark" ]
}
