# An ordinary user to whom systemd delegates a control group has limits without root. Only in a guest
# of tools/vm --systemd, where uid 1000 has a session: make test-delegated.

load ../helper

setup_file() {
	# Below here everything can be reached by the user.
	export ROOTFS=$BATS_FILE_TMPDIR/rootfs USERS=/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	"$LADDER/tools/rootfs" -o "$ROOTFS" >/dev/null
	eventually test -S /run/user/1000/bus
	eventually test -w "$USERS/cgroup.procs"
}

as_user() {
	setpriv --reuid=1000 --regid=1000 --init-groups env -i PATH="$PATH" HOME=/ XDG_RUNTIME_DIR=/run/user/1000 "$@" \
		3>&- 4>&-
}

# A container in a scope of its own, as step09's lesson has it.
scoped() { # [OPTION...] COMMAND...
	as_user systemd-run --quiet --user --scope -p Delegate=yes "$BIN" run --rootfs "$ROOTFS" "$@"
}

# The groups of the user's containers, without /sys/fs/cgroup.
groups_of_user() {
	find "$USERS" -path '*/container-ladder/*' -type d
}

no_groups() {
	[[ ! $(groups_of_user) ]]
}

in_the_background() { # [OPTION...] COMMAND...
	OUT=$BATS_TEST_TMPDIR/out
	scoped "$@" </dev/null >"$OUT" 2>&1 &
	STARTED+=("$!")
	eventually grep -q ready "$OUT"
}

@test "memory: what asks for more is killed, and the limit is said" {
	run scoped --memory 20M tail /dev/zero
	assert_equal "$status" 137
	assert_output --partial "out of memory at the limit of 20 MiB"
	no_groups
}

@test "the limits stand in the user's own part of the tree, and nothing of them is left" {
	local group
	in_the_background --memory 30M --pids-limit 7 --cpus 0.25 sh -c 'cat /proc/self/cgroup; id -u; echo ready; sleep 60'
	assert_equal "$(grep -x -B 2 ready "$OUT")" $'0::/\n0\nready'
	group=$(groups_of_user)
	assert_equal "$(cat "$group"/{memory,pids}.max)" $'31457280\n7'
	assert_equal "$(<"$group/cpu.max")" "25000 100000"
	assert_equal "$(stat -c %u "$group")" 1000
	# The command is in there: a member that is no root outside.
	assert_equal "$(awk '/^Uid/ { print ($2 >= 1000) }' "/proc/$(head -n 1 "$group/cgroup.procs")/status")" 1
	kill -TERM "$(pgrep -x "$NAME" | head -n 1)"
	eventually no_groups
}

@test "processes: no more than the limit, while the user outside still starts them" {
	# The inner shell gives up when it can't fork, and its place is free again.
	in_the_background --pids-limit 6 sh -c 'sh -c "for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done"; echo ready; sleep 60'
	# The limit was met, and told so on the host's side.
	grep -q '^max [1-9]' "$(groups_of_user)/pids.events"
	assert_equal "$(($(<"$(groups_of_user)/pids.current") <= 6))" 1
	as_user true
}

@test "a runtime that was killed leaves a group only until the next start" {
	in_the_background sh -c 'echo ready; sleep 60'
	kill -KILL "$(pgrep -x "$NAME" | head -n 1)"
	refute no_groups
	run scoped true
	assert_success
	eventually no_groups
	refute pgrep -x sleep
}

@test "four at once in one scope" {
	run as_user systemd-run --quiet --user --scope -p Delegate=yes sh -c \
		'for i in 1 2 3 4; do "$0" run --rootfs "$1" --memory 30M sh -c "sleep 1; echo ran" & done; wait' "$BIN" "$ROOTFS"
	assert_success
	assert_equal "$(grep -cx ran <<<"$output")" 4
	no_groups
}

@test "without a delegated group: a limit that was asked for is an error with advice, a default one a warning" {
	run as_user "$BIN" run --rootfs "$ROOTFS" --memory 20M echo ran
	assert_equal "$status" 125
	assert_line --index 0 --regexp '^step09: limit memory with a control group: '
	assert_line --index 1 'hint: an ordinary user needs a group: systemd-run --user --scope -p Delegate=yes'
	run as_user "$BIN" run --rootfs "$ROOTFS" echo ran
	assert_success
	assert_line --regexp '^step09: warning: no limit on memory: '
	assert_line ran
}
