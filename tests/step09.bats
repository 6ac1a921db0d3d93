# step09: root inside, nobody outside; and no root needed to have it.

load helper

setup_file() {
	tools=$(cd "$(dirname "$(realpath "$BATS_TEST_FILENAME")")/../tools" && pwd)
	"$tools/doctor" --has userns || skip "this host allows no user namespaces"
	# Two users of this suite's own, as far as this mount namespace goes: one with subordinate ids.
	mkdir -p "$BATS_FILE_TMPDIR/etc"
	cp /etc/passwd /etc/group "$BATS_FILE_TMPDIR/etc"
	echo 'ladder-many:x:7001:7001::/:/bin/sh' >>"$BATS_FILE_TMPDIR/etc/passwd"
	echo 'ladder-one:x:7002:7002::/:/bin/sh' >>"$BATS_FILE_TMPDIR/etc/passwd"
	echo 'ladder-many:700000:65536' | tee "$BATS_FILE_TMPDIR/etc/subuid" >"$BATS_FILE_TMPDIR/etc/subgid"
	for file in passwd group subuid subgid; do
		touch_in_place "$file"
	done
}

# The sandbox's / is read-only: a file is bound over the one that is there.
touch_in_place() { # FILE
	[[ -e /etc/$1 ]] || skip "this host has no /etc/$1"
	mount --bind "$BATS_FILE_TMPDIR/etc/$1" "/etc/$1"
}

teardown_file() {
	for file in passwd group subuid subgid; do
		umount "/etc/$file" 2>/dev/null || true
	done
}

# The same as ctr, by an ordinary user: 7001 has subordinate ids, 7002 has none. Their own copy of the root
# is $MINE, below a directory that only they may enter.
user_ctr() { # UID [OPTION...] COMMAND [ARG...]
	local uid=$1
	shift
	MINE=$BATS_TEST_TMPDIR/home-$uid
	if [[ ! -d $MINE ]]; then
		mkdir -m 700 "$MINE"
		cp -a "$ROOTFS" "$MINE/rootfs"
		cp -p "$BIN" "$SHARE/$NAME"
		chown -R "$uid:$uid" "$MINE"
		chmod 755 "$BATS_TEST_TMPDIR"
	fi
	ctr_options --rootfs "$MINE/rootfs" "$@"
	# An upper that was added for an older kernel is to be this user's as well.
	[[ ${OPTIONS[-1]} != "$BATS_SUITE_TMPDIR/uppers/"* ]] || chown "$uid:$uid" "${OPTIONS[-1]}"
	local result=0
	timeout -k 1 "${LIMIT:-20}" setpriv --reuid="$uid" --regid="$uid" --clear-groups \
		"$SHARE/$NAME" run "${OPTIONS[@]}" "${@:COUNT-1}" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || result=$?
	# That an earlier step refuses an ordinary user is what these tests are to find there.
	has_step 09 || ((result != 125)) || result=1
	return "$result"
}

# Takes out of $output and $lines the warnings that a host without a delegated control group gives.
drop_warnings() {
	output=$(grep -v ': warning: no limit on ' <<<"$output") || true
	mapfile -t lines <<<"$output"
}

# The host's uid and gid of a process.
ids_of() { # PID
	awk '/^Uid:/ { uid = $3 } /^Gid:/ { print uid, $3 }' "/proc/$1/status"
}

# bats test_tags=step:09,points:20
@test "root inside is somebody else outside" {
	# In no control group: there another test's start would end what has lost its runtime.
	ctr_start --memory max --pids-limit max sh -c 'id -u; cat /proc/self/uid_map; readlink /proc/self/ns/user; sleep 300'
	ctr_printed 'user:'
	assert_equal "$(head -n 1 "$OUT")" 0
	local first
	first=$(awk 'NR == 2 { print $2 }' "$OUT")
	assert [ "$first" -ge 1 ]
	assert_equal "$(ids_of "$(ctr_child "$CTR")")" "$first $first"
	assert_not_equal "$(tail -n 1 "$OUT")" "$(readlink /proc/self/ns/user)"
	assert_equal "$(readlink "/proc/$(ctr_child "$CTR")/ns/user")" "$(tail -n 1 "$OUT")"
	# It still dies with its runtime, though who changes ids loses the death signal.
	local child
	child=$(ctr_child "$CTR")
	kill -KILL "$CTR"
	eventually ended "$child"
	# --userns says who.
	first=$((RANDOM + 800000))
	ctr_start --userns "$first:1000" sh -c 'cat /proc/self/gid_map; sleep 30'
	ctr_printed "^ +0 +$first +1000\$"
	assert_equal "$(ids_of "$(ctr_child "$CTR")")" "$first $first"
}

# bats test_tags=step:09,points:15
@test "a file that root makes inside is not root's outside, and root's files outside are out of reach" {
	local folder first=$((RANDOM + 800000)) word
	folder=$(share)
	word=$(token)
	echo "$word" >"$folder/secret"
	chmod 600 "$folder/secret"
	# The act: root may read it.
	assert_equal "$(<"$folder/secret")" "$word"
	run ctr --userns "$first:65536" -v "$folder:/mnt" sh -c 'echo x >/mnt/made && stat -c %u /mnt/made; chown 5:6 /mnt/made; cat /mnt/secret; echo x >/mnt/secret; chown 0 /mnt/secret'
	assert_failure
	assert_line 0
	refute_output --partial "$word"
	assert_equal "$(grep -c 'Permission denied' <<<"$output")" 2
	assert_line --partial 'Operation not permitted'
	assert_equal "$(stat -c %u:%g "$folder/made")" "$((first + 5)):$((first + 6))"
	assert_equal "$(stat -c %u "$folder/secret") $(<"$folder/secret")" "0 $word"
}

# bats test_tags=step:09,points:15
@test "inside, root's layers are root's and can be changed; outside nothing has changed hands" {
	local base=$BATS_TEST_TMPDIR/base word
	word=$(token)
	cp -a "$ROOTFS" "$base"
	mkdir -m 700 "$base/private"
	echo "$word" >"$base/private/word"
	chown 33:44 "$base/private/word"
	ctr_start --rootfs "$base" sh -c 'stat -c %u:%g:%a /private /private/word; cat /private/word; echo x >>/private/word; chown 7:8 /private/word
		stat -c %u:%g /private/word; cat /proc/self/uid_map; sleep 30'
	ctr_printed '^7:8'
	ctr_printed '^ +0 +[0-9]+ +[0-9]+$'
	assert_equal "$(head -n 3 "$OUT")" "0:0:700"$'\n'"33:44:644"$'\n'"$word"
	assert_equal "$(stat -c %u:%g "$base/private/word") $(<"$base/private/word")" "33:44 $word"
	# It was not because the container is root outside.
	refute grep -qE '^ +0 +0 ' "$OUT"
	assert_not_equal "$(ids_of "$(ctr_child "$CTR")")" "0 0"
}

# bats test_tags=step:09,points:10
@test "devices, disks and the kernel's settings are out of root's reach, with every capability and call" {
	# The acts, on the host.
	mknod "$BATS_TEST_TMPDIR/node" c 1 3
	run ctr "${PRIVILEGED[@]}" sh -c 'mknod /node c 1 3; mknod /disk b 7 0; ls /node /disk'
	assert_failure
	assert_equal "$(grep -c 'Operation not permitted' <<<"$output")" 2
	assert_equal "$(grep -c 'No such file' <<<"$output")" 2
	# A file system's own code must not be fed by strangers: only few may be mounted in here.
	truncate -s 1M "$BATS_TEST_TMPDIR/image"
	run ctr "${PRIVILEGED[@]}" -v "$BATS_TEST_TMPDIR/image:/image" mount -t ext4 /image /mnt
	assert_failure
	# Not by unmounting what write-protects it, either.
	run ctr "${PRIVILEGED[@]}" sh -c 'umount /proc/sys; echo x >/proc/sys/kernel/domainname; f=/proc/sys/vm/swappiness; v=$(cat $f); echo $v >$f'
	assert_failure
	assert_output --partial 'Permission denied'
}

# bats test_tags=step:09,points:15
@test "an ordinary user needs no root: the same container, with its own subordinate ids" {
	run user_ctr 7001 sh -c 'id -u; cat /proc/self/uid_map; touch /x; chown 5:6 /x; stat -c %u:%g /x; rm -r /srv /etc && ls -d /srv
		hostname; echo $$; ps >/dev/shm/ps; wc -l </dev/shm/ps; ping -c 1 -w 5 127.0.0.1 >/dev/null && echo answers; ls /dev/pts'
	drop_warnings
	assert_output "0
         0       7001          1
         1     700000      65536
5:6
ls: /srv: No such file or directory
container
1
3
answers
ptmx"
	run user_ctr 7001 --read-only -w /usr touch /usr/x
	assert_failure
	assert_output --partial 'Read-only file system'
}

# bats test_tags=step:09,points:10
@test "without subordinate ids there is one, and it is enough for a root file system of one's own" {
	local folder
	run user_ctr 7002 sh -c 'id -u; cat /proc/self/uid_map /proc/self/setgroups; ls -ln / | awk "\$3 != 0 && \$3 != \"\" { print \$9 }"; chown 5 /etc; cat /etc/hostname'
	drop_warnings
	assert_line --index 1 --regexp '^ +0 +7002 +1$'
	assert_line --index 2 deny
	assert_line --partial 'chown: /etc: Invalid argument'
	assert_line container
	# The owner outside is the caller, on both sides of a volume.
	folder=$(share)
	chown 7002 "$folder"
	chmod 700 "$folder"
	run user_ctr 7002 -v "$folder:/mnt" sh -c 'echo x >/mnt/made; stat -c %u /mnt/made'
	drop_warnings
	assert_output 0
	assert_equal "$(stat -c %u "$folder/made")" 7002
}

# bats test_tags=step:09,points:5
@test "an ordinary user's --upper is kept, below a directory that is nobody else's" {
	local word
	word=$(token)
	user_ctr 7001 true 2>/dev/null
	mkdir -m 700 "$MINE/kept"
	chown 7001:7001 "$MINE/kept"
	run user_ctr 7001 --upper "$MINE/kept" sh -c "echo $word >/word; rm -r /srv; mkdir /srv"
	assert_success
	assert_equal "$(stat -c %u "$MINE/kept/upper/word") $(<"$MINE/kept/upper/word")" "7001 $word"
	run user_ctr 7001 --upper "$MINE/kept" cat /word
	drop_warnings
	assert_output "$word"
}

# bats test_tags=step:09,points:5
@test "as root, --upper is the mapped root's, and layers are not" {
	local first=$((RANDOM + 800000)) folder=$BATS_TEST_TMPDIR/kept
	mkdir "$folder"
	run ctr --userns "$first:65536" --upper "$folder" sh -c 'echo x >/new; rm -r /srv; chown 9 /new'
	assert_success
	assert_equal "$(stat -c %u "$folder/upper" "$folder/upper/new")" "$first"$'\n'"$((first + 9))"
	assert_equal "$(stat -c %u "$ROOTFS/etc")" 0
	# Where root may open no tree, nothing is given away: not standard input, which is 0 as an unset descriptor is.
	touch mine
	run setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$BIN" run --rootfs "$ROOTFS" --upper "$folder" true <mine
	assert_equal "$(stat -c %u mine)" 0
}

# bats test_tags=step:09,points:5
@test "what takes root outside is refused by name: a cable, a limit without a group, ids of others" {
	run user_ctr 7001 --network veth true
	assert_refused "--network veth"
	assert_line --index 1 --regexp '^hint: .*pasta'
	run user_ctr 7001 -m 50M true
	assert_refused "limit memory with a control group"
	assert_line --index 1 --regexp '^hint: .*Delegate=yes'
	run user_ctr 7002 --userns 1:1000 true
	assert_line --partial "newuidmap has not mapped"
	assert_equal "$status" 125
	local bad mark="$SHARE/mark.$STEP"
	run "$BIN" run --user 1000:1000 touch "$mark"
	assert_refused "--user: "
	for bad in 0:5 x 5 5: :5 5:0 5:65537 -1:5 4294967295:5 5:5:5; do
		run ctr "--userns=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--userns '$bad'"
	done
	refute [ -e "$mark" ]
}
