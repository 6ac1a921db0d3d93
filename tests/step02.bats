# step02: a hostname of its own.

load helper

# bats test_tags=step:02,points:30
@test "the container has the hostname that was asked for, and the host keeps its own" {
	local name before
	name=c-$(token) before=$(hostname)
	run ctr --hostname "$name" sh -c 'hostname; cat /proc/sys/kernel/hostname'
	assert_success
	assert_output "$name"$'\n'"$name"
	assert_equal "$(hostname)" "$before"
	run ctr -h "$name" hostname
	assert_output "$name"
}

# bats test_tags=step:02,points:20
@test "the host keeps its hostname when the container changes its own" {
	local name before
	name=c-$(token) before=$(hostname)
	run ctr "${PRIVILEGED[@]}" sh -c "hostname $name && hostname"
	assert_success
	assert_output "$name"
	assert_equal "$(hostname)" "$before"
}

# bats test_tags=step:02,points:20
@test "the UTS namespace is another one than the host's, and gone with the container" {
	local ours theirs
	ours=$(readlink /proc/self/ns/uts)
	ctr_start sh -c 'readlink /proc/self/ns/uts; exec sleep 30'
	ctr_printed 'uts:'
	theirs=$(<"$OUT")
	assert_not_equal "$theirs" "$ours"
	assert_equal "$(readlink "/proc/$(ctr_child "$CTR")/ns/uts")" "$theirs"
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	assert_equal "$status" 137
	run bash -c 'readlink /proc/[0-9]*/ns/uts'
	refute_line "$theirs"
}

# bats test_tags=step:02,points:10
@test "without --hostname it is called container" {
	run ctr hostname
	assert_success
	assert_output container
}

# bats test_tags=step:02,points:20
@test "an empty hostname and one of 65 bytes are refused before anything starts; 64 are fine" {
	local mark="$SHARE/mark.$STEP" long
	long=$(printf 'h%.0s' {1..64})
	run ctr --hostname '' -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "--hostname ''"
	run ctr --hostname "${long}x" -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "'${long}x'"
	refute [ -e "$mark" ]
	run ctr --hostname "$long" hostname
	assert_success
	assert_output "$long"
}
