# The ladder itself: what its steps have in common, and the tools that keep it so.

load helper

# What make test was called with is not for the makes in here.
unset MAKEFLAGS MFLAGS MAKELEVEL WERROR SAN STATIC

# A checkout of its own in FOLDER, with what the working tree holds now.
checkout() { # FOLDER
	mkdir -p "$1"
	(cd "$LADDER" && git -c "safe.directory=*" ls-files -z --cached --others --exclude-standard) |
		(cd "$LADDER" && while IFS= read -r -d '' file; do
			[[ ! -e $file ]] || printf '%s\0' "$file"
		done | sort -zu | tar -c --null -T -) | tar -x --no-same-owner -C "$1"
	git -C "$1" init -q
	commit "$1"
}

commit() { # FOLDER
	git -C "$1" add -A
	git -C "$1" -c user.name=test -c user.email=test@localhost commit -q --allow-empty -m test
}

steps() {
	awk '/^0[1-9] / { print $2 }' "$LADDER/tools/steps"
}

# The C files' code without comments.
code_of() { # FILE...
	local file
	for file in "$@"; do
		"${CC:-cc}" -fpreprocessed -dD -E -P "$file" | sed "s|^|$(basename "$file"): |"
	done
}

needs_git() {
	git -c "safe.directory=*" -C "$LADDER" rev-parse --git-dir >/dev/null 2>&1 ||
		skip "not a git checkout: there is no list of files"
}

@test "each step is its predecessor plus insertions, within its budget" {
	needs_git
	run "$LADDER/tools/ladder"
	assert_success
	assert_equal "$(grep -c ' 0  *[0-9]*  ok$' <<<"$output")" "$(steps | wc -l)"
}

@test "tools/ladder finds a deletion, a changed feature file, a lost file, a link and a spent budget" {
	needs_git
	checkout copy
	local first second newest mutation expected
	first=$(steps | sed -n 1p) second=$(steps | sed -n 2p) newest=$(steps | tail -n 1)
	cd copy || return
	while IFS='|' read -r mutation expected; do
		run tools/ladder
		refute_output --partial "$expected"
		eval "$mutation"
		run tools/ladder
		assert_failure 1
		assert_output --partial "$expected"
		git reset -q --hard && git clean -qfd
	done <<-END
		sed -i '/^.umask(022)/d' $second/container.c|$second/container.c deletes or changes 1 lines of $first/container.c
		sed -i 's/case SIGCHLD:/case  SIGCHLD:/' $newest/container.c|$newest/container.c deletes or changes 1 lines
		echo '/* more */' >>$newest/uts.c|$newest/uts.c differs
		rm $newest/uts.c|$newest/uts.c is gone
		ln -sf ../$second/uts.c $newest/uts.c|$newest/uts.c is not a plain file
		sed -i 's/^whole_bar=[0-9]*/whole_bar=9/' tools/ladder|lines of at most 9:
		sed -i '/^02 /s/[0-9]*\$/1/' tools/steps|$second inserts
		mkdir step0z-other && touch step0z-other/x.c|tools/steps does not name it
	END
}

@test "tools/carry takes a change into every later step, and into nothing else" {
	needs_git
	checkout copy
	local first second newest step before
	first=$(steps | sed -n 1p) second=$(steps | sed -n 2p) newest=$(steps | tail -n 1)
	cd copy || return
	before=$(git diff --no-index --numstat "$first/main.c" "$newest/main.c") || true
	sed -i '1a\ * carried' "$first/container.c" "$first/main.c"
	echo '/* new */' >"$first/new.h"
	run tools/carry "$first/container.c" "$first/main.c" "$first/new.h"
	assert_success
	assert_line "carry: added $newest/new.h"
	assert_line --partial 'make ladder'
	for step in $(steps); do
		assert_equal "$(sed -n 2p "$step/container.c")" ' * carried'
		assert_equal "$(<"$step/new.h")" '/* new */'
	done
	assert_equal "$(git diff --no-index --numstat "$first/main.c" "$newest/main.c" || true)" "$before"
	# A second time finds it done.
	run tools/carry "$first/container.c"
	assert_success
	assert_line --partial 'has the change already'

	commit .
	echo '/* more */' >>"$second/uts.c"
	rm "$first/new.h"
	run tools/carry "$second/uts.c"
	assert_success
	cmp "$second/uts.c" "$newest/uts.c"
	(cd "$first" && ../tools/carry new.h)
	refute [ -e "$newest/new.h" ]
	tools/ladder | grep -E 'deletes|differs|gone' && return 1
	# No file but those.
	assert_equal "$(git status --short | grep -cvE '/(uts\.c|new\.h)$')" 0
}

@test "tools/carry refuses a conflict by name and touches nothing, not even the files that would merge" {
	needs_git
	checkout copy
	local first newest before
	first=$(steps | sed -n 1p) newest=$(steps | tail -n 1)
	cd copy || return
	sed -i '2s/.*/ * theirs/' "$newest/container.c"
	commit .
	sed -i '2s/.*/ * ours/' "$first/container.c"
	sed -i '2s/.*/ * ours/' "$first/main.c"
	before=$(cat step0*/* | sha256sum)
	run tools/carry "$first/main.c" "$first/container.c"
	assert_failure 1
	assert_output "carry: $first/container.c conflicts with $newest/container.c; nothing was changed"
	assert_equal "$(cat step0*/* | sha256sum)" "$before"
	# The feature file of a later step that is no copy any more.
	echo '/* own */' >>"$newest/uts.c"
	echo '/* more */' >>step02-*/uts.c
	run tools/carry step02-*/uts.c
	assert_failure 1
	assert_output --partial "$newest/uts.c differs"
	# What makes no sense, in one line each.
	local bad
	for bad in "$newest/main.c" common/report.c "$first/Makefile" "$first/no.c" "$first/README.md" ''; do
		run tools/carry ${bad:+"$bad"}
		assert_failure 2
		assert_equal "${#lines[@]}" 1
		assert_output --regexp '^carry: '
	done
}

@test "common/ makes no namespace, mount, control group, link or filter" {
	local calls
	calls='\<(unshare|setns|clone3?|sethostname|u?mount2?|pivot_root|open_tree|move_mount|mount_setattr|fsopen|fsmount|chroot|socket|netlink|seccomp|capset|cap_[a-z]+|prctl|syscall) *\('
	calls+='|\<(SYS|__NR)_[a-z]|"[^"]*cgroup|\<CLONE_NEW'
	run grep -E "$calls" <(code_of "$LADDER"/common/*.c)
	assert_output ''
	# The same search finds them in the steps.
	run grep -cE "$calls" <(code_of "$LADDER"/"step$NEWEST"-*/*.c)
	assert [ "$output" -gt 5 ]
}

@test "each helper of common/ is called from outside its own file, and its header included by a step" {
	local header name code
	code=$(code_of "$LADDER"/step0*/*.c "$LADDER"/common/*.c)
	for header in "$LADDER"/common/*.h; do
		while read -r name; do
			grep -v "^$(basename "$header" .h)\.c: " <<<"$code" | grep -w "$name" >/dev/null ||
				{ echo "nobody calls $name() of $(basename "$header")"; return 1; }
		done < <(sed -nE 's/^[a-z][^(]*[ *]([a-z_]+)\(.*/\1/p' "$header")
		grep -qF "\"$(basename "$header")\"" "$LADDER"/step0*/*.[ch] ||
			{ echo "no step includes $header"; return 1; }
	done
}

@test "no source of a step has a step's number in it" {
	run grep -rnEi --include='*.[ch]' --include=Makefile 'step[-_ ]?0?[0-9]' "$LADDER"/step0*/
	assert_output ''
	assert_failure 1
}

@test "each step builds alone beside common/, dynamic too, and takes its name from its folder" {
	local step name
	cp -r "$LADDER/common" common
	for step in $(steps); do
		name=own${step:4:2}
		mkdir "$name-copy"
		cp "$LADDER/$step"/*.[ch] "$LADDER/$step/Makefile" "$name-copy"
		make -s -j2 -C "$name-copy" CC=gcc WERROR=1 STATIC=0
		grep -q ld-linux "$name-copy/$name"
		run "$name-copy/$name" run
		assert_equal "$status" 125
		assert_line --index 0 --regexp "^$name: "
	done
}

@test "each step builds with clang without a warning" {
	command -v clang >/dev/null || skip "no clang"
	local step
	cp -r "$LADDER/common" common
	for step in $(steps); do
		mkdir "$step"
		cp "$LADDER/$step"/*.[ch] "$LADDER/$step/Makefile" "$step"
		make -s -j2 -C "$step" CC=clang WERROR=1
		"$step/${step%%-*}" --version
	done
}

@test "the newest step runs a container under the address and undefined-behaviour sanitizers" {
	cp -r "$LADDER/common" common
	cp -r "$LADDER"/"step$NEWEST"-* .
	make -s -j2 -C "step$NEWEST"-* clean
	make -s -j2 -C "step$NEWEST"-* SAN=1 WERROR=1
	BIN=$(echo "$PWD/step$NEWEST"-*/"step$NEWEST")
	# They are in it: their options are read.
	ASAN_OPTIONS=help=1 "$BIN" --version 2>&1 | grep -q AddressSanitizer
	run ctr --init sh -c 'echo inside; exit 7'
	assert_failure 7
	assert_output inside
	run -127 ctr -e A=b no-such-program
	assert_equal "${#lines[@]}" 1
}
