# rule: The command runs with a nice value of @NUMBER@.
# number: 1 18
# hint: setpriority(2): of which process, and what does exec make of it?

# bats test_tags=step:01,points:10
@test "the command is nice, as this lab's own rule has it" {
	run ctr nice
	assert_output @NUMBER@
	# Whatever the caller's is.
	renice -n 19 "$BASHPID" >/dev/null
	run ctr nice
	assert_output @NUMBER@
}
