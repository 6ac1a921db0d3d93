# step04: a file system tree of its own.

load helper

setup_file() {
	# A word in the root file system, and one on the host, both at the top.
	WORD=$(token)
	export WORD
	mkdir "$ROOTFS/only-$WORD"
	echo "$WORD" >"$ROOTFS/word"
}

teardown_file() {
	rm -rf "$ROOTFS/only-$WORD" "$ROOTFS/word"
}

after_test() {
	local place
	# What a wrong container left here, too: bound onto itself again and again, a root would double
	# its mounts each time.
	for place in inner "$ROOTFS" "$SHARE/shared" "$BATS_TEST_TMPDIR"/*; do
		while umount -l "$place" 2>/dev/null; do :; done
	done
}

# A copy of the root file system to be spoiled: $SPOILED.
spoil() {
	SPOILED=$BATS_TEST_TMPDIR/spoiled
	cp -a "$ROOTFS" "$SPOILED"
}

# bats test_tags=step:04,points:10
@test "ls / shows the root file system and not the host's" {
	local mark="$BATS_TEST_TMPDIR/host-file"
	echo "$WORD" >"$mark"
	run ctr ls /
	assert_success
	assert_line "only-$WORD"
	run ctr cat /word "$mark"
	assert_failure
	assert_line "$WORD"
	assert_line --partial "No such file"
	assert_equal "$(<"$mark")" "$WORD"
}

# bats test_tags=step:04,points:10
@test "ps shows the processes of the container only" {
	local number
	number=$((RANDOM + 100000))
	sleep "$number" 3>&- 4>&- &
	STARTED+=("$!")
	eventually pgrep -f "^sleep $number" >/dev/null
	# The act works where nobody prevents it.
	run ps -ef
	assert_output --partial "sleep $number"
	run ctr ps -ef
	refute_output --partial "sleep $number"
	assert_success
	assert_line --regexp '^ *1 .*ps -ef'
	# A heading, and ps itself.
	assert_equal "${#lines[@]}" 2
	run ctr sh -c 'echo /proc/[0-9]*'
	assert_output /proc/1
}

# bats test_tags=step:04,points:5
@test "the mount namespace is another one, and the host's mount table stays as it is" {
	local before after ours
	ours=$(readlink /proc/self/ns/mnt)
	before=$(</proc/self/mountinfo)
	ctr_start "${PRIVILEGED[@]}" sh -c 'readlink /proc/self/ns/mnt; mount -t tmpfs inner /mnt; sleep 30'
	ctr_printed 'mnt:'
	after=$(</proc/self/mountinfo)
	assert_equal "$after" "$before"
	assert_not_equal "$(<"$OUT")" "$ours"
	assert_equal "$(readlink "/proc/$(ctr_child "$CTR")/ns/mnt")" "$(<"$OUT")"
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	assert_equal "$(</proc/self/mountinfo)" "$before"
}

# bats test_tags=step:04,points:10
@test "no mount of the container's reaches the host, not even through a shared volume" {
	local before name
	name=m$(token)
	# A mount that the host shares with its peers, with a directory to be mounted on.
	mkdir -p "$SHARE/shared"
	mount -t tmpfs shared "$SHARE/shared"
	mount --make-shared "$SHARE/shared"
	mkdir -m 1777 "$SHARE/shared/on" "$SHARE/shared/below"
	# And one below it: a container that detaches the host's tree while that is shared takes it away.
	mount -t tmpfs below "$SHARE/shared/below"
	echo "$WORD" >"$SHARE/shared/below/word"
	run ctr cat /word
	assert_output "$WORD"
	assert_equal "$(cat "$SHARE/shared/below/word")" "$WORD"
	before=$(</proc/self/mountinfo)
	run ctr "${PRIVILEGED[@]}" -v "$SHARE/shared:$SHARE/shared" \
		sh -c "mount -t tmpfs $name $SHARE/shared/on && touch $SHARE/shared/on/here && grep -c $name /proc/mounts"
	assert_success
	assert_output 1
	assert_equal "$(</proc/self/mountinfo)" "$before"
	refute [ -e "$SHARE/shared/on/here" ]
}

# bats test_tags=step:04,points:10
@test "chroot's classic escape leads nowhere, and the old root is detached" {
	local mark="$BATS_TEST_TMPDIR/secret"
	echo "$WORD" >"$mark"
	# What is above the host's own root no container of it can hide.
	run "$ROOTFS/payloads/escape" /no/such/file
	[[ $output == in ]] || skip "this host is in a chroot itself"
	# The act works where the root was only changed.
	run chroot "$ROOTFS" /payloads/escape "$mark"
	assert_output out
	run ctr "$(payload escape)" "$mark"
	assert_output in
	# Each mount that is left is the container's own.
	run ctr awk '{ print $5 }' /proc/self/mountinfo
	assert_success
	refute_line --regexp "^/(tmp|mnt|home|var|sys/fs|${BATS_SUITE_TMPDIR:1})"
	assert_equal "$(grep -cx / <<<"$output")" 1
	assert [ "${#lines[@]}" -lt 40 ]
}

# bats test_tags=step:04,points:5
@test "/dev has the harmless devices, and they work" {
	run ctr ls /dev
	assert_success
	assert_output "$(printf '%s\n' fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero)"
	run ctr sh -c 'echo x >/dev/null && head -c 4 /dev/zero | od -An -tx1 &&
		head -c 8 /dev/urandom | wc -c && { echo x 2>/dev/null >/dev/full || echo full; }; echo out >/dev/stdout'
	assert_output $' 00 00 00 00\n8\nfull\nout'
	run ctr sh -c 'awk "\$2 ~ /^.dev/ { print \$2, \$3 }" /proc/mounts'
	assert_line "/dev tmpfs"
	assert_line "/dev/pts devpts"
	assert_line "/dev/shm tmpfs"
	assert_line "/dev/mqueue mqueue"
	# Terminals of its own: none of the host's is in it.
	run ctr ls /dev/pts
	assert_output ptmx
	run ctr sh -c 'touch /dev/shm/a && mkdir /dev/shm/b && stat -c %a /dev/shm'
	assert_output 1777
}

# bats test_tags=step:04,points:5
@test "/sys and what /proc tells of the machine can't be written" {
	run ctr sh -c 'for f in /sys/kernel/mm/ksm/run /proc/sys/kernel/core_pattern /proc/sysrq-trigger; do
			if [ -e $f ] && (: >>$f) 2>/dev/null; then echo "open $f"; fi
		done; echo end'
	assert_success
	assert_output end
	# The act itself: root may do it outside (the value stays as it is).
	sh -c 'v=$(cat /proc/sys/vm/swappiness) && echo "$v" >/proc/sys/vm/swappiness'
	run ctr sh -c 'v=$(cat /proc/sys/vm/swappiness) && echo "$v" >/proc/sys/vm/swappiness'
	assert_failure
	assert_output --partial "Read-only file system"
	run ctr sh -c 'mkdir /sys/fs/cgroup/x /sys/kernel/x'
	assert_failure
}

# bats test_tags=step:04,points:5
@test "what /proc and /sys tell of the machine is masked" {
	# Not all of kcore: where it can be read, it is as large as the address space.
	run ctr sh -c '{ head -c 99 /proc/kcore; cat /proc/interrupts /proc/timer_list /proc/keys; } 2>/dev/null | wc -c;
		ls /proc/acpi /proc/scsi /sys/firmware 2>/dev/null | grep -v : | wc -w'
	assert_output $'0\n0'
	assert [ "$(wc -c </proc/interrupts)" -gt 0 ]
	assert [ "$(find /sys/firmware | wc -l)" -gt 1 ]
}

# bats test_tags=step:04,points:5
@test "a volume shows the host's directory, and both see what the other writes" {
	local folder back
	folder=$(share)
	back=$(token)
	echo "$WORD" >"$folder/in"
	run ctr -v "$folder:/made/for/it/" sh -c "cat /made/for/it/in; echo $back >/made/for/it/out"
	assert_success
	assert_output "$WORD"
	assert_equal "$(<"$folder/out")" "$back"
	rm -rf "$ROOTFS/made"
	# Relative to where the runtime was started; and a file on a file that is missing.
	cd "$folder"
	run ctr -v in:/made/file --volume=.:/mnt sh -c 'test -f /made/file && cat /made/file /mnt/out'
	assert_success
	assert_output "$WORD"$'\n'"$back"
	rm -rf "$ROOTFS/made"
}

# bats test_tags=step:04,points:5
@test "a volume with :ro can't be written, nor what is mounted below it" {
	local folder="$SHARE/shared"
	mkdir -p "$folder"
	mount -t tmpfs upper "$folder"
	mkdir "$folder/below"
	mount -t tmpfs lower "$folder/below"
	echo "$WORD" >"$folder/below/in"
	run ctr -v "$folder:/mnt" sh -c 'touch /mnt/a /mnt/below/b'
	assert_success
	rm "$folder/a" "$folder/below/b"
	run ctr -v "$folder:/mnt:ro" sh -c 'cat /mnt/below/in; touch /mnt/a; touch /mnt/below/b'
	assert_failure
	assert_line "$WORD"
	assert_equal "$(grep -c 'Read-only file system' <<<"$output")" 2
	refute [ -e "$folder/a" ]
	refute [ -e "$folder/below/b" ]
	# Outside nothing became read-only.
	touch "$folder/below/still"
}

# bats test_tags=step:04,points:5
@test "a symlink in the root leads a volume nowhere else" {
	local outside="$BATS_TEST_TMPDIR/outside" source
	source=$(share)
	mkdir "$outside"
	echo "$WORD" >"$source/in"
	spoil
	ln -s "$outside" "$SPOILED/link"
	ln -s /tmp "$SPOILED/inner"
	run ctr --rootfs "$SPOILED" -v "$source:/link/deeper" cat /link/deeper/in
	refute [ -e "$outside/deeper" ]
	assert_refused "make /link/deeper"
	# One that stays inside is followed, as the container would follow it.
	run ctr --rootfs "$SPOILED" -v "$source:/inner/deeper" cat /tmp/deeper/in
	assert_success
	assert_output "$WORD"
}

# bats test_tags=step:04,points:5
@test "a root whose mount point is a symlink is refused by name" {
	local point
	for point in proc dev sys; do
		spoil
		rmdir "$SPOILED/$point"
		ln -s /tmp "$SPOILED/$point"
		run ctr --rootfs "$SPOILED" true
		assert_refused "/$point in $SPOILED: Too many levels of symbolic links"
		assert_line --index 1 --regexp '^hint: .*symbolic link'
		rm -rf "$SPOILED"
	done
}

# bats test_tags=step:04,points:5
@test "--read-only holds for the root, not for volumes and /dev" {
	local folder
	folder=$(share)
	spoil
	run ctr --rootfs "$SPOILED" touch /a
	assert_success
	run ctr --rootfs "$SPOILED" --read-only -v "$folder:/made" \
		sh -c 'touch /made/c /dev/shm/d && echo fine; touch /b'
	assert_line fine
	assert_line --partial 'Read-only file system'
	assert [ -e "$folder/c" ]
	refute [ -e "$SPOILED/b" ]
	touch "$SPOILED/still"
}

# bats test_tags=step:04,points:5
@test "-w is where the command starts; missing, a file or relative it is refused" {
	run ctr -w /usr/bin pwd
	assert_output /usr/bin
	run ctr pwd
	assert_output /
	run ctr -w /no/where true
	assert_refused "working directory /no/where: No such file"
	run ctr -w /etc/passwd true
	assert_refused "working directory /etc/passwd: Not a directory"
	run ctr -w usr true
	assert_refused "'usr'"
}

# bats test_tags=step:04,points:10
@test "-w can't reach the host through a descriptor" {
	local number mark="$BATS_TEST_TMPDIR/secret"
	echo "$WORD" >"$mark"
	for number in {3..24}; do
		# The runtime's own descriptors, and one that its caller left open.
		ctr_options -w "/proc/self/fd/$number"
		run sh -c 'exec "$@" 9<.' - timeout 20 "$BIN" run "${OPTIONS[@]}" sh -c "cat secret; ls"
		assert_failure
		refute_output --partial "$WORD"
		refute_output --partial secret
	done
}

# bats test_tags=step:04
@test "a .. in a volume's destination is looked up again while the machine renames and mounts" {
	echo "$WORD" >"$SHARE/here-$STEP"
	ctr_options -v "$SHARE:/mnt/../mnt/inner"
	# The kernel's answer then, to every other call.
	ASAN_OPTIONS=$TRACEABLE run timeout 20 strace -f -qq -o /dev/null -e trace=openat2 \
		-e inject=openat2:error=EAGAIN:when=1+2 "$BIN" run "${OPTIONS[@]}" cat "/mnt/inner/here-$STEP"
	assert_success
	assert_output "$WORD"
	# It is no endless game.
	ASAN_OPTIONS=$TRACEABLE run timeout 20 strace -f -qq -o /dev/null -e trace=openat2 \
		-e inject=openat2:error=EAGAIN "$BIN" run "${OPTIONS[@]}" true
	assert_refused ': Resource temporarily unavailable'
	rm -rf "$SHARE/here-$STEP" "$ROOTFS/mnt/inner"
}

# bats test_tags=step:04,points:5
@test "it runs from a tree that only its owner may enter" {
	local private="$BATS_TEST_TMPDIR/private"
	mkdir -m 0700 "$private"
	cp -a "$ROOTFS" "$private/rootfs"
	mkdir "$private/data"
	echo "$WORD" >"$private/data/in"
	cd "$private"
	run ctr --rootfs rootfs -v data:/mnt cat /mnt/in /word
	assert_success
	assert_output "$WORD"$'\n'"$WORD"
}

# bats test_tags=step:04,points:5
@test "a root file system that is none is refused in one line" {
	local folder="$BATS_TEST_TMPDIR/empty"
	mkdir "$folder"
	run ctr --rootfs "$folder/missing" true
	assert_refused "$folder/missing: No such file"
	assert_line --index 1 --regexp '^hint: .*make rootfs'
	run ctr --rootfs /etc/passwd true
	assert_refused "/etc/passwd: Not a directory"
	run ctr --rootfs "$folder" true
	assert_refused "/proc in $folder: No such file"
	assert_equal "$(ls -A "$folder")" ''
	spoil
	rm -r "${SPOILED:?}/bin" "${SPOILED:?}/usr"
	run -127 ctr --rootfs "$SPOILED" sh
	assert_output "$NAME: execute sh: No such file or directory"
}

# bats test_tags=step:04,points:5
@test "a volume that makes no sense is refused in one line, before anything starts" {
	local mark="$SHARE/mark.$STEP" volume
	for volume in nocolon "$SHARE" "$SHARE:" "$SHARE:relative" ":/mnt" "$SHARE:/" "$SHARE:/mnt/.." \
		"$SHARE:/../etc" "$SHARE:/mnt/../../etc" "$SHARE:/mnt:rx" "$SHARE:/mnt:ro:ro"; do
		run ctr -v "$SHARE:$SHARE" -v "$volume" touch "$mark"
		assert_refused "--volume '$volume'"
		refute [ -e "$mark" ]
	done
	run ctr -v "$SHARE/no-$WORD:/mnt" true
	assert_refused "open volume $SHARE/no-$WORD: No such file"
	run ctr -v "$SHARE:/etc/passwd" true
	assert_refused "on /etc/passwd: Invalid argument"
	assert_line --index 1 --regexp '^hint: .*directory'
	run ctr -v "$SHARE:/a/../mnt" ls -d /mnt
	assert_success
	rm -rf "$ROOTFS/a"
}
