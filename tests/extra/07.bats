# rule: Every container has an empty directory /@WORD@, mode 0700. No layer gets one.
# hint: What is made after the overlay is mounted, and before the roots change places, is written where?

# bats test_tags=step:07,points:10
@test "there is a directory that no layer has, as this lab's own rule has it" {
	run ctr stat -c '%F %a' /@WORD@
	assert_output 'directory 700'
	refute [ -e "$ROOTFS/@WORD@" ]
}
