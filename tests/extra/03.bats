# rule: When memory is short, the kernel prefers the command: its oom_score_adj is @NUMBER@. The runtime keeps its own.
# number: 100 900
# hint: proc(5), /proc/PID/oom_score_adj: in which process, so that the runtime keeps its own?

# bats test_tags=step:03,points:10
@test "the command is what the kernel kills first, as this lab's own rule has it" {
	ctr_start sh -c 'cat /proc/self/oom_score_adj; sleep 30'
	ctr_printed .
	assert_equal "$(<"$OUT")" @NUMBER@
	assert_equal "$(<"/proc/$CTR/oom_score_adj")" "$(</proc/self/oom_score_adj)"
}
