# step08: fewer capabilities, no new privileges, and a list of the system calls that are answered.

load helper

setup_file() {
	tools=$(cd "$(dirname "$(realpath "$BATS_TEST_FILENAME")")/../tools" && pwd)
	"$tools/doctor" --has seccomp || skip "this kernel has no seccomp filters"
}

DOCKER=0xa80425fb # its fourteen

# The numbers of /proc/self/status, as in "CapBnd: 00000000a80425fb"; in the container, with options.
sets() { # [OPTION...]
	run ctr "$@" grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
	assert_success
}

has_set() { # NAME VALUE
	local value
	printf -v value '%016x' "$2"
	assert_line --regexp "^$1:[[:space:]]+$value\$"
}

# What root may hand on: what this machine's has, or in a user namespace of its own all there is.
ours() {
	! has_step 09 || { echo $(((2 << $(</proc/sys/kernel/cap_last_cap)) - 1)); return; }
	echo $((0x$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)))
}

# bats test_tags=step:08,points:15
@test "the command has docker's fourteen capabilities in the sets that count, and none to inherit" {
	local kept=$(($(ours) & DOCKER))
	sets
	has_set CapBnd "$kept"
	has_set CapPrm "$kept"
	has_set CapEff "$kept"
	has_set CapInh 0
	has_set CapAmb 0
	# PID 1 is no way back to them.
	run ctr --init grep -E '^(Cap|Seccomp:)' /proc/1/status
	has_set CapBnd "$kept"
	has_set CapPrm "$kept"
	has_set CapEff "$kept"
	assert_line --regexp '^Seccomp:[[:space:]]+2$'
}

# bats test_tags=step:08,points:10
@test "--cap-add and --cap-drop change that, whatever their order, and ALL means all" {
	local all admin=$((1 << 21)) chown=1
	all=$(ours)
	sets --cap-drop CHOWN --cap-add CAP_SYS_ADMIN
	has_set CapEff $((all & (DOCKER & ~chown | admin)))
	sets --cap-add cap_chown --cap-drop all
	has_set CapBnd $chown
	has_set CapPrm $chown
	sets --cap-add ALL --cap-drop sys_admin
	has_set CapBnd $((all & ~admin))
	sets --cap-drop ALL
	has_set CapBnd 0
	has_set CapEff 0
}

# bats test_tags=step:08,points:10
@test "a deed that takes a dropped capability fails, also where every call is answered" {
	local deed
	for deed in 'hostname other' 'mount -t tmpfs none /mnt' 'chown 1 /etc/passwd'; do
		# It is the capability and nothing else: with it, the deed can be done.
		run ctr "${PRIVILEGED[@]}" sh -c "$deed && echo done"
		assert_output 'done'
		run ctr --security-opt seccomp=unconfined --cap-drop CHOWN sh -c "$deed && echo done"
		assert_failure
		refute_line 'done'
	done
}

# bats test_tags=step:08,points:10
@test "a set-uid program gains nothing" {
	local act program
	program=$(payload setuid)
	act="cp $program /tmp/setuid && chmod 4755 /tmp/setuid && $program /tmp/setuid"
	# On the host it makes root of anybody.
	cp "$ROOTFS/payloads/setuid" "$BATS_TEST_TMPDIR/setuid"
	chmod 4755 "$BATS_TEST_TMPDIR/setuid"
	chmod 755 "$BATS_TEST_TMPDIR"
	run "$ROOTFS/payloads/setuid" "$BATS_TEST_TMPDIR/setuid"
	assert_output 'uid 1000, effective 0'
	run ctr sh -c "$act"
	assert_output 'uid 1000, effective 1000'
	sets "${PRIVILEGED[@]}"
	assert_line --regexp '^NoNewPrivs:[[:space:]]+1$'
}

# bats test_tags=step:08,points:20
@test "calls that reach the whole machine are refused, and are answered without the filter" {
	local name refused=0 calls=(mount umount2 pivot_root move_mount open_tree mount_setattr fsopen unshare setns
		sethostname swapon reboot kexec_load init_module finit_module settimeofday ptrace process_vm_readv
		bpf perf_event_open open_by_handle_at userfaultfd io_uring_setup keyctl add_key)
	run ctr "$(payload calls)" "${calls[@]}"
	assert_success
	for name in "${calls[@]}"; do
		assert_line "$name EPERM"
	done
	run ctr "${PRIVILEGED[@]}" "$(payload calls)" "${calls[@]}"
	assert_success
	for name in "${calls[@]}"; do
		# In a user namespace the kernel itself keeps these back: root inside is not the machine's.
		! has_step 09 || [[ $name != @(kexec_load|init_module|finit_module|open_by_handle_at) ]] || continue
		! grep -qx "$name EPERM" <<<"$output" || refused=$((refused + 1))
	done
	assert_equal "$refused" 0
}

# bats test_tags=step:08,points:10
@test "clone makes processes and threads, and no namespaces; clone3, whose flags can't be seen, is not there" {
	run ctr "$(payload calls)" clone clone-user clone-net clone3 clone3-user
	assert_output $'clone done\nclone-user EPERM\nclone-net EPERM\nclone3 ENOSYS\nclone3-user ENOSYS'
	run ctr "$(payload threads)" 10
	assert_output 'sum 55'
	run ctr "${PRIVILEGED[@]}" "$(payload calls)" clone-user clone3-user
	assert_output $'clone-user done\nclone3-user done'
}

# bats test_tags=step:08,points:10
@test "an argument decides: no typing into the terminal, five families of sockets, four personalities" {
	local calls=(ioctl-size ioctl-type ioctl-type-above socket-unix socket-inet socket-inet6 socket-netlink socket-alg
		socket-vsock socket-vsock-above personality-ask personality-old)
	run ctr "$(payload calls)" "${calls[@]}"
	assert_output "ioctl-size EBADF
ioctl-type EPERM
ioctl-type-above EPERM
socket-unix done
socket-inet done
socket-inet6 done
socket-netlink done
socket-alg EPERM
socket-vsock EPERM
socket-vsock-above EPERM
personality-ask done
personality-old EPERM"
	run ctr "${PRIVILEGED[@]}" "$(payload calls)" "${calls[@]}"
	refute_output --partial EPERM
}

# bats test_tags=step:08,points:5
@test "the calls of other architectures, and those that nobody knows, are not there" {
	[[ $(uname -m) == x86_64 ]] || skip "only x86_64 has three tables of calls"
	run ctr "$(payload calls)" i386 x32 no-such-call
	assert_output $'i386 ENOSYS\nx32 ENOSYS\nno-such-call ENOSYS'
	sets
	assert_line --regexp '^Seccomp:[[:space:]]+2$'
}

# bats test_tags=step:08,points:5
@test "a list of forbidden calls is walked around, a list of allowed ones is not" {
	touch "$BATS_TEST_TMPDIR/file"
	run "$ROOTFS/payloads/denylist" "$BATS_TEST_TMPDIR/file"
	assert_line 'clone refused'
	assert_line 'clone3 done'
	[[ ! ${lines[*]} == *'fchmodat2 done'* ]] || assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/file")" 4755
	run ctr sh -c ": >/file; $(payload denylist) /file"
	assert_success
	assert_line 'clone refused'
	assert_line 'clone3 refused'
}

# bats test_tags=step:08,points:5
@test "a capability that was added opens the calls that it is for, and a filter can be seen" {
	run ctr --cap-add SYS_ADMIN sh -c 'mount -t tmpfs none /mnt && grep -c " /mnt " /proc/mounts'
	assert_output 1
	run ctr --cap-add SYS_ADMIN "$(payload calls)" mount unshare clone-user reboot ptrace keyctl
	assert_output $'mount EFAULT\nunshare done\nclone-user done\nreboot EPERM\nptrace EPERM\nkeyctl EPERM'
	run ctr --print-filter false
	assert_success
	assert_line --partial 'filter for syscall "execve"'
	run ctr --print-filter --cap-add SYS_PTRACE false
	assert_line --partial 'action ERRNO(38)'
}

# bats test_tags=step:08
@test "a filter that gets lost on the way: the command never runs without it" {
	local mark which
	mark=$SHARE/$(token)
	ctr_options -v "$SHARE:$SHARE"
	# Each write of the parent's, of which one is the filter. Not the child's: that takes -f.
	for which in {1..6}; do
		rm -f "$mark"
		ASAN_OPTIONS=$TRACEABLE run timeout 20 strace -qq -o /dev/null -e inject=write:error=EIO:when="$which" \
			"$BIN" run --memory max --pids-limit max "${OPTIONS[@]}" sh -c "grep Seccomp: /proc/self/status >'$mark'"
		if [[ -e $mark ]]; then
			assert_equal "$(<"$mark")" $'Seccomp:\t2'
		else
			assert_refused ": Input/output error"
		fi
	done
}

# bats test_tags=step:08,points:5
@test "capabilities and options that there are not are refused in one line" {
	local bad mark="$SHARE/mark.$STEP"
	for bad in x '' CAP_ CAP_X 'sys admin' 21; do
		run ctr "--cap-add=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--cap-add '$bad'"
		run ctr "--cap-drop=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--cap-drop '$bad'"
	done
	for bad in x '' seccomp seccomp= seccomp=default apparmor=x; do
		run ctr "--security-opt=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--security-opt '$bad'"
	done
	refute [ -e "$mark" ]
}
