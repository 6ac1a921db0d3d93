# step07: layers that containers share, and writes that they don't.

load helper

setup_file() {
	tools=$(cd "$(dirname "$(realpath "$BATS_TEST_FILENAME")")/../tools" && pwd)
	"$tools/doctor" --has overlay || skip "this kernel has no overlayfs"
}

# A root file system of this test's own, $BASE, with a word in it.
base() {
	BASE=$BATS_TEST_TMPDIR/base WORD=$(token)
	cp -a "$ROOTFS" "$BASE"
	mkdir -p "$BASE/data/deep"
	echo "$WORD" >"$BASE/data/word"
	echo "$WORD" >"$BASE/data/deep/word"
}

# Names, types, modes, owners, times and contents of a tree.
state_of() { # FOLDER
	(cd "$1" && find . -printf '%p %y %m %U:%G %T@ %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

# bats test_tags=step:07,points:20
@test "two containers share a base: each sees its own writes, and the base is as it was" {
	local before first second
	base
	before=$(state_of "$BASE")
	first=$(token) second=$(token)
	ctr_start --rootfs "$BASE" sh -c "echo $first >/data/word; echo $first >/data/new; echo ready; sleep 30"
	ctr_printed ready
	run ctr --rootfs "$BASE" sh -c "cat /data/word; ls /data; echo $second >/data/word; chmod 600 /data/word; cat /data/word"
	assert_success
	assert_output "$WORD"$'\ndeep\nword\n'"$second"
	run nsenter -t "$(ctr_child "$CTR")" -m -p cat /data/word /data/new
	assert_output "$first"$'\n'"$first"
	assert_equal "$(state_of "$BASE")" "$before"
}

# bats test_tags=step:07,points:10
@test "what is deleted or renamed inside is still there in the base" {
	local before
	base
	before=$(state_of "$BASE")
	run ctr --rootfs "$BASE" sh -c 'rm /data/word && rm -r /data/deep && mkdir /data/deep && ls -A /data /data/deep &&
		mv /etc /etc-moved && ls -d /etc* && rm -r /usr /etc-moved && ls -d /usr /etc*'
	assert_line deep
	refute_line word
	assert_line /etc-moved
	assert_line --partial '/usr: No such file'
	assert_equal "$(state_of "$BASE")" "$before"
	run ctr --rootfs "$BASE" cat /data/word
	assert_output "$WORD"
}

# bats test_tags=step:07,points:15
@test "of three layers the topmost one that has a file wins" {
	local name a b c
	a=$(token) b=$(token) c=$(token)
	mkdir "$BATS_TEST_TMPDIR"/{top,middle}
	for name in top middle; do
		mkdir "$BATS_TEST_TMPDIR/$name/data"
		echo "$name $a" >"$BATS_TEST_TMPDIR/$name/data/both"
		echo "$name $b" >"$BATS_TEST_TMPDIR/$name/data/$name"
	done
	echo "$c" >"$BATS_TEST_TMPDIR/top/word"
	base
	run ctr --layer "$BATS_TEST_TMPDIR/top" --layer "$BATS_TEST_TMPDIR/middle" --layer "$BASE" \
		sh -c 'cat /data/both /data/top /data/middle /data/word /word; echo x >/data/both; ls /data'
	assert_success
	assert_output "top $a"$'\n'"top $b"$'\n'"middle $b"$'\n'"$WORD"$'\n'"$c"$'\nboth\ndeep\nmiddle\ntop\nword'
	run ctr --layer "$BATS_TEST_TMPDIR/middle" --layer "$BATS_TEST_TMPDIR/top" --layer "$BASE" cat /data/both
	assert_output "middle $a"
	assert_equal "$(<"$BATS_TEST_TMPDIR/top/data/both")" "top $a"
}

# bats test_tags=step:07,points:10
@test "a whiteout and an opaque directory in a layer hide what lies below" {
	local top=$BATS_TEST_TMPDIR/top
	base
	mkdir -p "$top/data/deep"
	mknod "$top/data/word" c 0 0
	echo new >"$top/data/deep/new"
	# For the host's root, and for a user namespace.
	setfattr -n trusted.overlay.opaque -v y "$top/data/deep"
	setfattr -n user.overlay.opaque -v y "$top/data/deep"
	run ctr --layer "$top" --layer "$BASE" sh -c 'ls /data /data/deep; cat /data/word'
	assert_failure
	assert_output $'/data:\ndeep\n\n/data/deep:\nnew\ncat: can\'t open \'/data/word\': No such file or directory'
}

# bats test_tags=step:07,points:10
@test "120 layers, and paths with a colon, a comma and a space in them" {
	local i layers=() odd="$BATS_TEST_TMPDIR/a:b,c d"
	base
	mkdir "$odd"
	echo "$WORD" >"$odd/odd"
	for ((i = 0; i < 120; i++)); do
		mkdir -p "$BATS_TEST_TMPDIR/many layers with names of some length/$i/many"
		echo "$i" >"$BATS_TEST_TMPDIR/many layers with names of some length/$i/many/$i"
		layers+=(--layer "$BATS_TEST_TMPDIR/many layers with names of some length/$i")
	done
	run ctr "${layers[@]}" --layer "$odd" --layer "$BASE" sh -c 'ls /many | wc -l; cat /many/0 /many/119 /odd'
	assert_success
	assert_output $'120\n0\n119\n'"$WORD"
}

# bats test_tags=step:07,points:10
@test "what is written is bounded by --storage-size, counts as memory, and is gone afterwards" {
	base
	run ctr --rootfs "$BASE" --storage-size 2M sh -c 'dd if=/dev/zero of=/one bs=1000000 count=1 && echo fits; dd if=/dev/zero of=/two bs=1000000 count=4'
	assert_failure
	assert_line fits
	assert_line --partial 'No space left'
	run ctr --rootfs "$BASE" ls /one /two
	assert_failure
	refute_output --regexp '^/(one|two)$'
	# 64M is the default. (ctr adds an upper on the disk where step09 needs one.)
	run timeout -k 1 "${LIMIT:-20}" "$BIN" run --rootfs "$BASE" dd if=/dev/zero of=/two bs=1000000 count=70 3>&- 4>&-
	assert_line --partial 'No space left'
	run ctr -m 20M --storage-size 200M --rootfs "$BASE" dd if=/dev/zero of=/two bs=1000000 count=60
	assert_line --partial 'out of memory at the limit of 20 MiB'
	refute [ -e "$BASE/two" ]
}

# bats test_tags=step:07,points:10
@test "--upper keeps what is written, and belongs to one container at a time" {
	local upper=$BATS_TEST_TMPDIR/kept back
	base
	back=$(token)
	mkdir "$upper"
	run ctr --rootfs "$BASE" --upper "$upper" sh -c "echo $back >/data/new; rm /data/word; rm -r /data/deep; mkdir /data/deep"
	assert_success
	assert_equal "$(<"$upper/upper/data/new")" "$back"
	refute [ -e "$BASE/data/new" ]
	ctr_start --rootfs "$BASE" --upper "$upper" sh -c 'cat /data/new; ls /data /data/deep; sleep 30'
	ctr_printed "^$back"
	ctr_printed '^/data/deep:'
	refute grep -q '^word' "$OUT"
	run ctr --rootfs "$BASE" --upper "$upper" true
	assert_refused "lock upper directory $upper"
	assert_line --index 1 "hint: another container is writing to it"
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	run ctr --rootfs "$BASE" --upper "$upper" cat /data/new
	assert_output "$back"
}

# bats test_tags=step:07,points:5
@test "a volume lies over the layers, and --read-only holds" {
	local folder before
	base
	before=$(state_of "$BASE")
	folder=$(share)
	echo "$WORD" >"$folder/in"
	run ctr --rootfs "$BASE" -v "$folder:/data/deep" -v "$folder:/made/here" sh -c 'cat /data/deep/in /made/here/in; echo x >/data/deep/out'
	assert_success
	assert_output "$WORD"$'\n'"$WORD"
	assert [ -e "$folder/out" ]
	assert_equal "$(state_of "$BASE")" "$before"
	run ctr --rootfs "$BASE" --read-only sh -c 'cat /data/word; touch /data/x'
	assert_failure
	assert_line "$WORD"
	assert_line --partial 'Read-only file system'
	assert_equal "$(state_of "$BASE")" "$before"
}

# bats test_tags=step:07,points:5
@test "the mounts of the layers are the container's own: the host sees none" {
	local before
	base
	before=$(</proc/self/mountinfo)
	ctr_start --rootfs "$BASE" sh -c 'grep " / / " /proc/self/mountinfo; sleep 30'
	ctr_printed ' - overlay '
	assert_equal "$(</proc/self/mountinfo)" "$before"
	# Nor is the place where they were put together left inside.
	run ctr --rootfs "$BASE" awk '$5 ~ /storage|merged|^.tmp/' /proc/self/mountinfo
	assert_output ''
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	assert_equal "$(</proc/self/mountinfo)" "$before"
}

# bats test_tags=step:07,points:5
@test "layers that make no sense are refused in one line" {
	local mark="$SHARE/mark.$STEP" bad theirs
	base
	run ctr --layer "$BASE" --layer "$BASE/no-$WORD" -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "open layer $BASE/no-$WORD: No such file"
	run ctr --layer "$BASE" --layer /etc/passwd -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "open layer /etc/passwd: Not a directory"
	run ctr --layer "$BASE" --rootfs "$BASE" -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "--rootfs and --layer"
	run ctr --upper "$BASE/no-$WORD" -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "open upper directory $BASE/no-$WORD: No such file"
	# What would be written to lies where its name leads; and the name may have been made to lead away.
	mkdir "$BATS_TEST_TMPDIR"/{kept,outside}
	ln -s ../outside "$BATS_TEST_TMPDIR/kept/upper"
	run ctr --upper "$BATS_TEST_TMPDIR/kept" -v "$SHARE:$SHARE" touch "$mark" /new
	assert_refused "make upper and work in $BATS_TEST_TMPDIR/kept: Not a directory"
	# Somebody's own work, in which overlayfs would remove all that is below its "work".
	theirs=$BATS_TEST_TMPDIR/home/work
	mkdir -p "$theirs/work"
	token >"$theirs/mine"
	run ctr --upper "$BATS_TEST_TMPDIR/home" -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "make upper and work in $BATS_TEST_TMPDIR/home: Directory not empty"
	assert [ -s "$theirs/mine" ]
	assert [ -d "$theirs/work" ]
	run ctr --layer "$BASE" --layer "$BASE" -v "$SHARE:$SHARE" touch "$mark"
	assert_refused "mount overlay of .*: Too many levels of symbolic links"
	assert_line --index 1 --partial "a layer is there twice"
	refute [ -e "$BATS_TEST_TMPDIR/outside/new" ]
	for bad in 0 -1 x '' 1K 99999999999999999999; do
		run ctr "--storage-size=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--storage-size '$bad'"
	done
	refute [ -e "$mark" ]
}
