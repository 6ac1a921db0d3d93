# What is around the steps: the root file system's maker, the doctor, the Makefile.

load helper

# What make test was called with is not for the makes in here.
unset MAKEFLAGS MFLAGS MAKELEVEL WERROR SAN STATIC

# The project's files in FOLDER: what git knows, or, without git, all.
copy_project() { # FOLDER
	mkdir -p "$1"
	if git -c "safe.directory=*" -C "$LADDER" rev-parse --git-dir >/dev/null 2>&1; then
		(cd "$LADDER" && git -c "safe.directory=*" ls-files -z --cached --others --exclude-standard |
			while IFS= read -r -d '' file; do
				[[ ! -e $file ]] || printf '%s\0' "$file"
			done | sort -zu | tar -c --null -T -)
	else
		tar -c -C "$LADDER" --exclude=build --exclude=./rootfs --exclude='step0?' .
	fi | tar -x --no-same-owner -C "$1"
}

# As somebody who is not root and owns nothing of ours.
as_nobody() {
	env -u TMPDIR setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

@test "tools/rootfs makes a root from busybox, and overwrites nothing" {
	run "$LADDER/tools/rootfs" -o new
	assert_success
	assert [ -x new/bin/busybox ]
	assert_equal "$(chroot new /bin/sh -c 'echo inside')" inside
	echo mine >new/mine
	run "$LADDER/tools/rootfs" -o new
	assert_failure 1
	assert_output --partial 'new exists'
	assert_equal "$(<new/mine)" mine
	ln -s nowhere link
	run "$LADDER/tools/rootfs" -o link
	assert_failure 1
	assert_equal "$(ls)" $'link\nnew'
}

@test "tools/rootfs unpacks a tarball as it is, and a container runs in it" {
	local mark
	mark=$(token)
	cp -a "$ROOTFS" tree
	echo "$mark" >tree/mark
	chmod 640 tree/mark
	chown 123:456 tree/mark
	tar -czf tree.tar.gz -C tree .
	run "$LADDER/tools/rootfs" -o new tree.tar.gz
	assert_success
	assert_equal "$(stat -c '%a %u %g' new/mark)" '640 123 456'
	diff <(cd tree && find . | sort) <(cd new && find . | sort)
	has_step 04 || return 0
	run ctr --rootfs "$PWD/new" cat /mark
	assert_success
	assert_output "$mark"
}

@test "tools/rootfs leaves nothing half-made when the archive is broken, no archive or no root" {
	local bad
	mkdir work tree
	tar -czf whole.tar.gz -C "$ROOTFS" .
	head -c "$(($(stat -c %s whole.tar.gz) / 2))" whole.tar.gz >work/half.tar.gz
	echo text >work/text.tar
	tar -cf work/bare.tar -C tree .
	cd work || return
	for bad in half.tar.gz text.tar bare.tar missing.tar; do
		run "$LADDER/tools/rootfs" -o new "$bad"
		assert_failure 1
		assert_equal "${#lines[@]}" 1
		assert_output --regexp "^rootfs: $bad"
	done
	run "$LADDER/tools/rootfs" -o new --no-such
	assert_failure 2
	assert_equal "$(ls)" $'bare.tar\nhalf.tar.gz\ntext.tar'
}

@test "tools/doctor answers 0, 1 and 2, and names the command that mends" {
	# All that it needs, but no compiler: what steps 01 to 04 can't do without.
	mkdir bin
	cp -s /usr/bin/* bin 2>/dev/null || true
	rm -f bin/cc
	run "$LADDER/tools/doctor" --has root
	assert_success
	# A copy: the checkout may be where nobody else may look.
	cp "$LADDER/tools/doctor" doctor
	run as_nobody "$PWD/doctor" --has root
	assert_failure 1
	run "$LADDER/tools/doctor" --has no-such
	assert_failure 2
	run "$LADDER/tools/doctor" --no-such
	assert_failure 2
	assert_equal "${#lines[@]}" 1

	run "$LADDER/tools/doctor"
	assert_success
	assert_line --regexp '^ok +cc '
	PATH=$PWD/bin run "$LADDER/tools/doctor"
	assert_failure 1
	assert_line --regexp '^missing +cc .*sudo tools/deps build'
}

@test "make help lists every target in one line, and nothing else" {
	local targets
	targets=$(sed -nE 's/^([a-z0-9%-]+):([^=].*)?$/\1/p' "$LADDER/Makefile" | sort)
	run make -s -C "$LADDER" help
	assert_success
	assert_equal "$(awk '{ print $1 }' <<<"$output" | sort)" "$targets"
	assert_equal "$(awk 'NF < 3 || length > 110' <<<"$output")" ''
}

@test "what root builds in a user's checkout is the user's, who can build on; make clean leaves what git knows" {
	local before first=step01 last=step$NEWEST
	copy_project project
	chmod 755 .
	chown -R 65534:65534 project
	before=$(cd project && find . | sort)
	# The files of rootfs/ have owners of their own: it is not built, but unpacked.
	env -u TMPDIR make -s -j2 -C project "$first" "$last"
	assert [ -x "project/$last" ]
	run find project -path project/rootfs -prune -o ! -user 65534 -print
	assert_output ''

	echo '/* changed */' >>project/common/report.c
	run as_nobody make -s -j2 -C project "$first" "$last"
	assert_success
	assert_equal "$(find "project/$first" -newer project/common/report.c)" "project/$first"
	as_nobody "project/$first" run true

	make -s -C project clean
	assert_equal "$(cd project && find . | sort)" "$before"
}
