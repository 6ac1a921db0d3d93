# rule: The command's timer slack is @NUMBER@ ns.
# number: 60000 90000
# hint: prctl(2), PR_SET_TIMERSLACK: does the filter let it through, and when need it not?

# bats test_tags=step:08,points:10
@test "the command's timers are slack, as this lab's own rule has it" {
	run ctr sh -c 'cat /proc/$$/timerslack_ns'
	assert_output @NUMBER@
}
