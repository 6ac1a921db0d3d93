# rule: The command may have at most @NUMBER@ open files, hard and soft. The runtime keeps its own limits.
# number: 64 512
# hint: setrlimit(2) is older than control groups, and counts for a process. Which one?

# bats test_tags=step:05,points:10
@test "the command may open so many files, as this lab's own rule has it" {
	ctr_start sh -c 'ulimit -Sn; ulimit -Hn; sleep 30'
	ctr_printed '^[0-9]+$'
	eventually grep -q '@NUMBER@' "$OUT"
	assert_equal "$(sort -u "$OUT")" @NUMBER@
	assert_equal "$(awk '/^Max open files/ { print $5 }' "/proc/$CTR/limits")" "$(ulimit -Hn)"
}
