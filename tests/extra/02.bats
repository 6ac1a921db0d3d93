# rule: The container's NIS domain name is @WORD@; the host keeps its own.
# hint: uts_namespaces(7) names two names; setdomainname(2).

# bats test_tags=step:02,points:10
@test "the container has a domain name, as this lab's own rule has it" {
	local before
	before=$(</proc/sys/kernel/domainname)
	run ctr cat /proc/sys/kernel/domainname
	assert_output @WORD@
	assert_equal "$(</proc/sys/kernel/domainname)" "$before"
}
