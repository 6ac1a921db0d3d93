# rule: /run in the container is a tmpfs of its own, of @NUMBER@ pages of 4 KiB, and not the root's directory.
# number: 16 512
# hint: tmpfs(5) has the option, target.c the helper. Before which act is the place for it in sight?

# bats test_tags=step:04,points:10
@test "the container has a /run of its own, as this lab's own rule has it" {
	local number=@NUMBER@
	run ctr sh -c 'touch /run/x && grep " /run " /proc/mounts'
	assert_success
	assert_output --regexp " tmpfs .*size=$((4 * number))k"
	refute [ -e "$ROOTFS/run/x" ]
}
