# rule: Where ids are mapped in a range, root inside has one supplementary group, @NUMBER@.
# number: 100 900
# hint: setgroups(2) in the child: when may it be called, and which ids does it know?

# bats test_tags=step:09,points:10
@test "root inside has one more group, as this lab's own rule has it" {
	run ctr sh -c 'grep ^Groups: /proc/self/status'
	assert_output --regexp '^Groups:[[:space:]]+@NUMBER@ *$'
}
