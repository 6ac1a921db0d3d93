# What is true of step03 alone: step04 ends it.

load helper

# bats test_tags=step:03,only:03,points:0
@test "ps still shows the host's processes" {
	local number
	number=$((RANDOM + 100000))
	sleep "$number" 3>&- 4>&- &
	STARTED+=("$!")
	eventually pgrep -f "^sleep $number" >/dev/null
	run ctr ps -ef
	assert_output --partial "sleep $number"
}
