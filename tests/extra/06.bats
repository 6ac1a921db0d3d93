# rule: The loopback device has a second address, 127.@NUMBER@.0.1.
# number: 1 200
# hint: rtnetlink(7), RTM_NEWADDR: a device can have many. Who is in the namespace that it belongs to?

# bats test_tags=step:06,points:10
@test "the loopback device has a second address, as this lab's own rule has it" {
	run ctr ip -4 -o addr show dev lo
	assert_line --partial ' 127.0.0.1/8'
	assert_line --partial ' 127.@NUMBER@.0.1/'
	run ctr --network host ip -4 -o addr show dev lo
	refute_output --partial ' 127.@NUMBER@.0.1/'
}
