# step05: limits on memory, processes and CPU time.

load helper

setup_file() {
	tools=$(cd "$(dirname "$(realpath "$BATS_TEST_FILENAME")")/../tools" && pwd)
	"$tools/doctor" --has cgroup || skip "this host has no control groups with memory, pids and cpu"
}

# The directories of the control groups that a process is in and that are ours: one a line.
groups_of() { # PID
	local controllers path mount
	while IFS=: read -r _ controllers path; do
		[[ $path == */container-ladder/* ]] || continue
		if [[ $controllers ]]; then
			mount=$(awk -v want="${controllers%%,*}" '$3 == "cgroup" && ("," $4 ",") ~ "," want "," { print $2; exit }' /proc/mounts)
		else
			mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
		fi
		echo "$mount$path"
	done <"/proc/$1/cgroup"
}

started_groups() {
	has_child "$CTR" 2>/dev/null && GROUPS_THERE=$(groups_of "$(ctr_child "$CTR")") && [[ $GROUPS_THERE ]] || return
	# shellcheck disable=SC2086
	remember $GROUPS_THERE
}

# Tests may run beside this one, each with process numbers of its own: one name can be a group here, and
# a moment later another's. The inode tells them apart.
remember() { # DIRECTORY...
	local group
	declare -gA INODE
	for group in "$@"; do
		INODE[$group]=$(stat -c %i "$group")
	done
}

all_gone() { # DIRECTORY...: remembered
	local group
	for group in "$@"; do
		[[ $(stat -c %i "$group" 2>/dev/null) != "${INODE[$group]}" ]] || return 1
	done
}

# Makes DIRECTORY, and locks it as its runtime would, with the descriptor LOCK: eventually, as another test's sweep
# can come between.
make_locked() { # DIRECTORY
	mkdir "$1" 2>/dev/null && exec {LOCK}<"$1" && flock "$LOCK" &&
		[[ $(stat -c %i "$1" 2>/dev/null) == $(stat -L -c %i "/proc/self/fd/$LOCK") ]]
}

# bats test_tags=step:05,points:20
@test "200 MB against a limit of 100M: killed, and said so; the host's are not" {
	run ctr -m 100M "$(payload hog)" 200
	assert_failure 137
	assert_output --regexp "^$NAME: warning: out of memory at the limit of 100 MiB: processes killed: [1-9]"
	# It is the default, too.
	run ctr "$(payload hog)" 200
	assert_failure 137
	run "$ROOTFS/payloads/hog" 200
	assert_output "has 200"
	# What it asks for and may have, it gets; max lifts the limit.
	run ctr -m 300M "$(payload hog)" 200
	assert_success
	assert_output "has 200"
	run ctr --memory max "$(payload hog)" 200
	assert_success
	assert_output "has 200"
}

# bats test_tags=step:05,points:10
@test "a file larger than the limit can be read: cache is given back, not killed for" {
	local folder
	folder=$(share)
	head -c 60000000 /dev/zero >"$folder/large"
	run ctr -m 20M -v "$folder:/mnt" sh -c 'cat /mnt/large | wc -c; cat /mnt/large | wc -c'
	assert_success
	assert_output $'60000000\n60000000'
	# The limit was there: as much memory of its own is refused.
	run ctr -m 20M "$(payload hog)" 60
	assert_failure 137
}

# bats test_tags=step:05,points:15
@test "a fork bomb ends at --pids-limit, and the host still forks" {
	run ctr --pids-limit 10 "$(payload forks)" 50
	assert_success
	assert_line 9
	assert_line --regexp "^$NAME: warning: at the limit of 10 processes: forks refused: "
	run "$ROOTFS/payloads/forks" 50
	assert_output 50
	run ctr "$(payload forks)" 150
	assert_line 99
	run ctr --pids-limit max "$(payload forks)" 150
	assert_success
	assert_output 150
}

# bats test_tags=step:05,points:15
@test "--cpus 0.1 gives a tenth of a CPU's time, however busy the machine is" {
	local used
	ctr_start --cpus 0.1 "$(payload spin)" 3
	eventually started_groups
	ctr_wait
	used=$(<"$OUT")
	assert_equal "$status" 0
	# A tenth of 3 seconds. Without the limit it would get more even among ten that are busy too.
	assert [ "$used" -ge 50 ]
	assert [ "$used" -le 450 ]
}

# bats test_tags=step:05,points:10
@test "the command is in groups of its own, on the host's side, and sees itself at the top" {
	local ours line
	ours=$(readlink /proc/self/ns/cgroup)
	ctr_start sh -c 'cat /proc/self/cgroup; readlink /proc/self/ns/cgroup; sleep 30'
	ctr_printed 'cgroup:\['
	while IFS=: read -r _ _ line; do
		[[ ! $line ]] || assert_equal "$line" /
	done <"$OUT"
	refute grep -qF "$ours" "$OUT"
	run groups_of "$(ctr_child "$CTR")"
	assert_success
	refute_output ''
	for line in "${lines[@]}"; do
		assert [ -d "$line" ]
		assert_equal "$(stat -c %a "$line")" 700
	done
	remember "${lines[@]}"
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	eventually all_gone "${lines[@]}"
}

# bats test_tags=step:05,points:10
@test "when the runtime ends its groups are gone, with whatever is left in them" {
	local stray
	ctr_start sh -c 'echo ready; sleep 30'
	ctr_printed ready
	started_groups
	# A process of the host's, outside the PID namespace, that ended up in the group.
	sleep 60 3>&- 4>&- &
	stray=$!
	STARTED+=("$stray")
	echo "$stray" >"$(head -n 1 <<<"$GROUPS_THERE")/cgroup.procs"
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	# shellcheck disable=SC2086
	all_gone $GROUPS_THERE
	eventually ended "$stray"
}

# bats test_tags=step:05,points:10
@test "what a killed runtime leaves, the next start removes; what is in use it leaves alone" {
	local killed other
	ctr_start sh -c 'echo ready; sleep 30'
	ctr_printed ready
	started_groups
	other=$GROUPS_THERE
	ctr_start --cpus 1 sh -c 'echo ready; sleep 30'
	ctr_printed ready
	started_groups
	killed=$GROUPS_THERE
	kill -KILL "$CTR"
	wait "$CTR" || true
	# The next has no limits: where version 1 has a tree for each, it uses none of them.
	next_start_removes() {
		ctr --memory max --pids-limit max true
		# shellcheck disable=SC2086
		all_gone $killed
	}
	eventually next_start_removes
	# shellcheck disable=SC2086
	assert [ -d ${other%%$'\n'*} ]
}

# bats test_tags=step:05,points:5
@test "a command that has lost its death signal outlives a killed runtime, but not the next start" {
	local child
	# Whoever changes its user id loses it.
	ctr_start su user -c 'echo ready; sleep 300'
	ctr_printed ready
	started_groups
	child=$(ctr_child "$CTR")
	STARTED+=("$child")
	kill -KILL "$CTR"
	wait "$CTR" || true
	ended "$child" && skip "another test's start was quicker"
	next_start_ends() {
		ctr true
		# shellcheck disable=SC2086
		ended "$child" && all_gone $GROUPS_THERE
	}
	eventually next_start_ends
}

# Where groups are made: in the tree that has pids, and that every step needs.
find_parent() {
	ctr true
	PARENT=$(awk '$3 == "cgroup" && ("," $4 ",") ~ ",pids," { v1 = $2 } $3 == "cgroup2" { v2 = $2 }
		END { print v1 ? v1 : v2 }' /proc/mounts)/container-ladder
	assert [ -d "$PARENT" ]
}

# The runtime alone, with a system call on DIRECTORY changed by strace; $MARK if the command ran.
tampered() { # DIRECTORY INJECTION
	ctr_options -v "$SHARE:$SHARE"
	ASAN_OPTIONS=$TRACEABLE timeout -k 1 80 strace -qq -o /dev/null -P "$1" -e "inject=$2" \
		"$BIN" run "${OPTIONS[@]}" touch "$MARK" 3>&- 4>&-
}

group_named_in() { # MESSAGE
	sed -n 's,.*container-ladder/\([0-9]*-[0-9]*\):.*,\1,p' <<<"$1"
}

# A locked one is another runtime's, of the same number.
is_left() { # DIRECTORY
	[[ -d $1 ]] && flock -n "$1" true
}

# bats test_tags=step:05
@test "a group that can't be made: one line, 125, nothing left, and the command never runs" {
	MARK=$SHARE/$(token)
	find_parent
	run tampered "$PARENT" mkdirat:error=ENOSPC
	assert_refused "make control group container-ladder/[0-9-]*: No space left on device"
	refute is_left "$PARENT/$(group_named_in "$output")"
	# Not even for limits that nobody asked for is the lack of space a lack of control groups.
	run tampered "$(dirname "$PARENT")" mkdirat:error=ENOSPC
	assert_refused "limit .* with a control group: No space left on device"
	refute [ -e "$MARK" ]
	run tampered "$(dirname "$PARENT")" mkdirat:error=EROFS
	assert_success
	assert_output --partial "warning: no limit on"
	assert [ -e "$MARK" ]
}

# bats test_tags=step:05
@test "a group that vanishes while it is made: another is made" {
	local trace=$BATS_TEST_TMPDIR/trace stops=0 removed='' another tracer group
	MARK=$SHARE/$(token)
	find_parent
	# Stopped whenever it has asked for the lock of a group, before it looks whether the directory is still there.
	ctr_options -v "$SHARE:$SHARE"
	ASAN_OPTIONS=$TRACEABLE timeout -k 1 90 strace -qq -y -o "$trace" -e trace=flock -e inject=flock:signal=SIGSTOP \
		"$BIN" run "${OPTIONS[@]}" touch "$MARK" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- 4>&- &
	tracer=$!
	until ended "$tracer"; do
		sleep 0.05
		(($(grep -c 'stopped by SIGSTOP' "$trace") > stops)) || continue
		stops=$((stops + 1))
		# The last group that it locked, and not one of those that its sweep finds: those have other numbers.
		group=$(sed -n "s,^flock([0-9]*<\($PARENT/$(pgrep -o -x "$NAME")-[0-9]*\)>.*) = 0.*,\1,p" "$trace" | tail -n 1)
		if [[ $group && ! $removed ]]; then
			removed=$group
			rmdir "$removed"
			# Another one comes to have the name: in its PID namespace the number is another process's.
			eventually make_locked "$removed"
			another=$LOCK
			remember "$removed"
		fi
		kill -CONT "$(pgrep -o -x "$NAME")"
	done
	assert_equal "$(<"$BATS_TEST_TMPDIR/said")" ""
	assert [ "$removed" ]
	assert [ -e "$MARK" ]
	refute all_gone "$removed"
	# What it made instead is gone.
	assert [ "$group" != "$removed" ]
	refute is_left "$group"
	exec {another}<&-
	rmdir "$removed" || true # some other sweep may be quicker
}

# bats test_tags=step:05
@test "a sweep leaves alone what has the name of a group that it looked at and that is gone" {
	local trace=$BATS_TEST_TMPDIR/trace group tracer first second
	find_parent
	group=$PARENT/swept-$(token)
	# Locked as by a runtime, so that none but the sweep here comes to touch it.
	eventually make_locked "$group"
	first=$LOCK
	ctr_options
	# Stopped when it has opened the group, before it asks for the lock.
	ASAN_OPTIONS=$TRACEABLE timeout -k 1 90 strace -qq -o "$trace" -P "${group##*/}" -e trace=openat -e inject=openat:signal=SIGSTOP \
		"$BIN" run "${OPTIONS[@]}" true 3>&- 4>&- {first}<&- &
	tracer=$!
	until grep -qs 'stopped by SIGSTOP' "$trace" || ended "$tracer"; do
		sleep 0.05
	done
	rmdir "$group"
	eventually make_locked "$group"
	second=$LOCK
	remember "$group"
	exec {first}<&-
	kill -CONT "$(pgrep -o -x "$NAME")"
	wait "$tracer"
	refute all_gone "$group"
	exec {second}<&-
	rmdir "$group" || true # some other sweep may be quicker
}

# bats test_tags=step:05
@test "a group that is busy when it shall go: tried again, and one that stays so is an error" {
	MARK=$SHARE/$(token)
	find_parent
	run tampered "$PARENT" unlinkat:error=EBUSY:when=1
	assert_success
	assert_output ''
	run tampered "$PARENT" unlinkat:error=EBUSY
	assert_refused "remove control group container-ladder/[0-9-]*: Device or resource busy"
	# Nothing but that kept it.
	ctr true
	refute is_left "$PARENT/$(group_named_in "$output")"
}

# bats test_tags=step:05,points:5
@test "limits that make no sense are refused in one line, before anything starts" {
	local mark="$SHARE/mark.$STEP" bad
	for bad in 0 -1 10X 1 '' 5M 1T 99999999999999999999 18446744073709551615 17179869184G 1.5M 'M' max1; do
		run ctr "--memory=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--memory '$bad'"
	done
	for bad in 0 -1 x '' 4194305 1e3; do
		run ctr "--pids-limit=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--pids-limit '$bad'"
	done
	for bad in 0 -1 nan inf 1e9 0x1 '' . 1.2.3 0.001 10000; do
		run ctr "--cpus=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--cpus '$bad'"
	done
	refute [ -e "$mark" ]
}
