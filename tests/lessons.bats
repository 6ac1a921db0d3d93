# The lessons: what the pages show is what happens, and what they quote is there. And the tools that show the steps.

load helper

steps() { # FIELD
	awk -v field="$1" '/^0[1-9] / { print $field }' "$LADDER/tools/steps"
}

# The project in FOLDER, with what is built and without git's own.
copy_project() { # FOLDER
	mkdir "$1"
	tar -c -C "$LADDER" --exclude=./.git --exclude=./.tools --exclude=./bench/build . | tar -x --no-same-owner -C "$1"
}

needs() { # FEATURE
	"$LADDER/tools/doctor" --has "$1" || skip "this host has no $1"
}

lesson() { # NN
	run "$LADDER/tools/lessons" run "$LADDER/$(steps 2 | grep "^step$1-")/README.md"
	assert_success
	assert_output --regexp "README.md: [1-9][0-9]* commands$"
}

@test "step01: its page's commands print what it says" { lesson 01; }
@test "step02: its page's commands print what it says" { lesson 02; }
@test "step03: its page's commands print what it says" { lesson 03; }
@test "step04: its page's commands print what it says" { lesson 04; }
@test "step05: its page's commands print what it says" { lesson 05; }
@test "step06: its page's commands print what it says" { lesson 06; }
@test "step07: its page's commands print what it says" { lesson 07; }
@test "step08: its page's commands print what it says" { lesson 08; }
@test "step09: its page's commands print what it says, as root" { lesson 09; }

@test "step09: its page's commands print what it says, to an ordinary user" {
	needs userns-user
	run "$LADDER/tools/lessons" run --needs userns-user "$LADDER"/step09-*/README.md
	assert_success
}

@test "step05: its page's commands print what it says, with control groups of version 2" {
	needs cgroup-v2
	run "$LADDER/tools/lessons" run --needs cgroup-v2 "$LADDER"/step05-*/README.md
	assert_success
}

@test "the front page's commands print what it says" {
	run "$LADDER/tools/lessons" run "$LADDER/README.md"
	assert_success
}

@test "excerpts, links, options and targets of all pages are right, and the generated sections up to date" {
	run "$LADDER/tools/lessons" check
	assert_success
	assert_output ''
	git -c "safe.directory=*" -C "$LADDER" rev-parse --git-dir >/dev/null 2>&1 ||
		skip "not a git checkout: tools/ladder can't count"
	run env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' "$LADDER/tools/lessons" fill --check
	assert_success
}

@test "tools/lessons finds what is wrong: an output, an excerpt, a link, an option, a target, a function" {
	copy_project copy
	local page mutation expected
	page=$(steps 2 | sed -n 2p)/README.md
	cp "copy/$page" page
	while IFS='|' read -r mutation expected; do
		cp page "copy/$page"
		run copy/tools/lessons check "copy/$page"
		assert_success
		echo "$mutation" >>"copy/$page"
		run copy/tools/lessons check "copy/$page"
		assert_failure 1
		assert_output --partial "$expected"
	done <<-'END'
		[a page](../docs/no-such.svg)|a link leads nowhere
		The option `--no-such` is new.|no step has the option --no-such
		`make no-such`|no target 'no-such'
		`no_such_function()` does it.|no function no_such_function()
		`no_such.c` has it.|there is no no_such.c
		`tools/no-such` does it.|there is no tools/no
	END
	cp page "copy/$page"
	printf '```diff\n+\targs.flags |= CLONE_NEWPID;\n```\n' >>"copy/$page"
	run copy/tools/lessons check "copy/$page"
	assert_failure 1
	assert_output --partial 'the excerpt is not in the step'
	# Lines that are there, in another order.
	cp page "copy/$page"
	printf '```c\n\treturn 0;\n\tif (sethostname(c->hostname, strlen(c->hostname)) == -1)\n```\n' >>"copy/$page"
	run copy/tools/lessons check "copy/$page"
	assert_failure 1

	cp page "copy/$page"
	printf '```console\n$ echo one; echo two\none\nthree\n```\n' >"copy/$page"
	run copy/tools/lessons run "copy/$page"
	assert_failure 1
	assert_line '    two'
	run copy/tools/lessons run --write "copy/$page"
	assert_success
	assert_equal "$(<"copy/$page")" "$(printf '```console\n$ echo one; echo two\none\ntwo\n```')"
}

@test "tools/lessons compares as its help says: what varies, what is left out, who types, in which order" {
	copy_project copy
	local page word
	page=copy/$(steps 2 | sed -n 2p)/README.md
	word=$(token)
	cat >"$page" <<-END
		<!-- varies: [0-9]+ -->
		\`\`\`console
		$ echo 12 apples; x=$word
		7 apples
		$ echo \$x
		$word
		$ seq 9 | tr 1-9 a-i
		a
		...
		e
		...
		i
		$ cat <<X
		> in two lines
		> X
		in two lines
		$ hostname; id -u; sudo id -u
		laptop
		0
		0
		\`\`\`
		<!-- as: user -->
		\`\`\`console
		$ id -un; [ -w . ] && echo mine
		student
		mine
		$ echo oops >&2; ls no-such-file 2>/dev/null; echo \$?
		oops
		2
		\`\`\`
		<!-- needs: no-such -->
		\`\`\`console
		$ echo not run
		and so not compared
		\`\`\`
	END
	run copy/tools/lessons run "$page"
	assert_success
	assert_output --partial ' 7 commands'
	sed -i 's/^e$/f\n...\ne/' "$page"
	run copy/tools/lessons run "$page"
	assert_failure 1
	# Bad input: one line.
	local bad
	for bad in '' 'run' 'run --no-such' 'run /etc/passwd' 'check no-such' 'fill no-such' 'no-such'; do
		# shellcheck disable=SC2086
		run copy/tools/lessons $bad
		assert_failure
		assert_equal "${#lines[@]}" 1
		assert_output --regexp '^lessons: '
	done
}

@test "the sections on open doors and on costs come from docs/attacks.md and docs/bench.md" {
	copy_project copy
	rm -f copy/docs/attacks.md copy/docs/bench.md
	cat >copy/docs/attacks.md <<-'END'
		| door | 01 | 02 | 03c | 03 | bwrap |
		|---|---|---|---|---|---|
		| **step01** | | | | | |
		| [one](#one) | · | · | · | · | open |
		| [two](#two) | open | · | · | · | · |
		| [three](#three) | open | open | · | · | · |
		| [four](#four) | open | open | open | open | · |
		| **4 doors, open:** | **3** | **2** | **1** | **1** | **1** |

		## step01

		### one

		Open: the first. Like: it.

		### two

		Open: the second. Like: it.

		### three

		Open: the third. Like: it.

		### four

		Open: the fourth. Like: it.
	END
	cat >copy/docs/bench.md <<-'END'
		| step | wall | CPU | adds | wall to floor | CPU to floor | where it goes |
		|---|---|---|---|---|---|---|
		| step01 | 1.00 | 0.90 |  | 1.01 | 1.02 | a start |
		| step02 | 1.25 | 0.95 | 250 µs | 1.03 | 1.02 | a name |
	END
	sed -i '/^0[3-9]/d' copy/tools/steps
	GIT_CEILING_DIRECTORIES=$PWD run copy/tools/lessons fill
	assert_success
	run sed -n '/generated: open/,/end -->/p' copy/step02-*/README.md
	assert_line 'Of 4 doors that [the attack table](../docs/attacks.md) tries, 2 are closed now, 1 of them by this step, and 2 are open.'
	assert_line -- '- the third'
	refute_line -- '- the second'
	run sed -n '/generated: open/,/end -->/p' copy/step01-*/README.md
	assert_equal "$(tr '\n' ' ' <<<"$output" | grep -c '1 are closed now, 1 of them by this step, and 3 are open. The next to close some is step02:')" 1
	assert_line -- '- the second'
	# Long lines are folded.
	run bash -c 'sed -n "/generated: cost/,/end -->/p" copy/step02-*/README.md | tr "\n" " "'
	assert_output --partial '1.25 ms from start to end'
	assert_output --partial '250 µs more than the step before'
	assert_output --partial 'Where it goes: a name.'
	# A second time there is nothing to do; and what was changed by hand is found.
	run copy/tools/lessons fill --check
	assert_success
	sed -i 's/- the third/- the fifth/' copy/step02-*/README.md
	run copy/tools/lessons fill --check
	assert_failure 1
	assert_output --partial 'out of date'
}

@test "tools/diff shows each step's insertions, the lesson first, and all of them if asked" {
	local before='' number folder lessons first expected
	while read -r number folder lessons _; do
		[[ $number == 0[1-9] ]] || continue
		run "$LADDER/tools/diff" --companions --plain "$number"
		assert_success
		first=$(grep -m1 '^==== ' <<<"$output")
		assert_equal "$first" "==== $folder/${lessons%%,*}: the lesson"
		refute_output --partial README.md
		refute_line --regexp '^(index|---|new file) '
		# As many lines as the ladder counts, common/ apart, and not one that goes.
		if [[ $before ]]; then
			expected=$(cd "$LADDER" && diff -r -x README.md -x "step$number" -x "${before%%-*}" -N "$before" "$folder" | grep -c '^>') || true
			assert_equal "$(grep -c '^+' <<<"$output")" "$expected"
			assert_equal "$(grep -c '^-' <<<"$output" || true)" 0
		fi
		before=$folder
	done <"$LADDER/tools/steps"
	run "$LADDER/tools/diff" 5
	assert_line '==== given, to be read last: tools/diff --companions 05 shows them'
	assert_line --regexp '^cgroup\.c \([0-9]+ lines\)$'
	refute_line '+int cgroup_create(struct container *c)'
	run "$LADDER/tools/diff" --all
	assert_equal "$(grep -c ': the lesson$' <<<"$output")" "$(steps 3 | tr , '\n' | wc -l)"
	local bad
	for bad in '' 00 42 x '.*' '1 2' '--no-such' '--all 1'; do
		# shellcheck disable=SC2086
		run "$LADDER/tools/diff" $bad
		assert_failure 2
		assert_equal "${#lines[@]}" 1
		assert_output --regexp '^diff: '
	done
}

# The calls of a step's trace: "side name arguments".
trace_of() { # NN [ARGUMENT...]
	local number=$1
	shift
	rm -rf traced
	mkdir -p traced/tools
	cp "$LADDER"/tools/trace* traced/tools
	cp "$LADDER/step$number" traced
	cp -a "$ROOTFS" traced/rootfs
	(($#)) || set -- true
	run traced/tools/trace --calls "$number" "$@"
}

@test "tools/trace shows the call that a step is about, on the right side, and not in the step before" {
	local number call before=''
	while read -r number call; do
		if [[ $before ]]; then
			trace_of "$before"
			assert_success
			refute_line --regexp "^$call"
		fi
		trace_of "$number"
		assert_success
		assert_line --regexp "^$call"
		assert_line --regexp $'^container\texecve\t'
		before=$number
	done <<-'END'
		01 host.clone3.[{]flags=0,
		02 container.sethostname.
		03 container.prctl.PR_SET_PDEATHSIG
		04 container.pivot_root.
		05 host.mkdirat.*cgroup.*container-ladder
		06 host.clone3.*CLONE_NEWNET
		07 container.mount."overlay", "merged", "overlay"
		08 container.seccomp.SECCOMP_SET_MODE_FILTER
		09 host.write.*/uid_map>
	END
	# What the command does itself is left out, and its status is ours.
	trace_of 03 sh -c 'mkdir -p x; exit 7'
	assert_failure 7
	assert_equal "$(grep -c execve <<<"$output")" 1
	trace_of 03 --init true
	assert_line --regexp $'^container\texecve'
	refute_line --regexp $'^host\texecve'
}

@test "tools/trace's page has a word on each call, and bad input is refused in one line" {
	trace_of 06
	run traced/tools/trace 06
	assert_success
	# Call and word, two blanks between them; where the call is too long the word has a line of its own.
	assert_equal "$(grep -vE '^(host|container) +(\.\.\. and [0-9]+ more of these|[a-z_0-9]+\(.*\)( = [0-9]+)?  +[a-z/].*)$|^ {60,}[a-z]' <<<"$output" |
		awk '!/^(host|container) +[a-z_0-9]+\(.*\)$/ || length < 69')" ''
	assert_line --regexp 'pivot_root.*  the new root takes'
	assert_line --regexp '^host +netlink\(RTM_NEWLINK\) +a veth pair'
	assert_line --regexp '^container +netlink\(RTM_NEWLINK\) +brings up lo$'
	local bad
	for bad in '' x 00 '--no-such 01' 05; do
		# shellcheck disable=SC2086
		run traced/tools/trace $bad
		assert_failure
		assert_equal "${#lines[@]}" 1
		assert_output --regexp '^trace: '
	done
}

@test "the pictures are what tools/pictures draws, one for each step" {
	run "$LADDER/tools/pictures" --check
	assert_success
	assert_output ''
	copy_project copy
	sed -i 's/CLONE_NEWUTS/CLONE_NEWXXX/' copy/docs/step02.svg
	run copy/tools/pictures --check
	assert_failure 1
	assert_output --partial 'docs/step02.svg'
	run copy/tools/pictures
	assert_success
	cmp copy/docs/step02.svg "$LADDER/docs/step02.svg"
	run copy/tools/pictures --no-such
	assert_failure 2
}

@test "the recordings show what their scenes promise, and the one on the front page is small" {
	/usr/bin/python3 -c 'import pyte' 2>/dev/null || skip "no python3-pyte"
	run "$LADDER/tools/record" --check
	assert_success
	assert_output ''
	assert [ "$(stat -c %s "$LADDER/docs/ladder.gif")" -le 400000 ]
	copy_project copy
	# The container's name never comes to be seen.
	sed -i 's/"web\\r/"xxx\\r/; s/web/xxx/g' copy/docs/step02.cast
	run copy/tools/record --check
	assert_failure 1
	assert_output --partial "step02.cast: the container never shows '^web$'"
}

# "NAME ARGUMENT" of each option, as --help has them.
options_of() { # PROGRAM
	"$1" --help | sed -nE 's/^  (-[a-zA-Z?]), (--[a-z-]+)(=([^ ]*))?.*/\1 \4\n\2 \4/p; s/^      (--[a-z-]+)(=([^ ]*))?.*/\1 \3/p' | sort
}

@test "the manual page is clean, and has the options of the newest step, no more and no less, with their steps" {
	command -v mandoc >/dev/null || skip "no mandoc"
	local page=$LADDER/docs/stepNN.1 text option since
	# Which other pages this machine has is not the page's fault.
	run bash -c 'mandoc -T lint "$1" 2>&1 | grep -v -e "referenced manual not found" -e "outdated mandoc.db"' - "$page"
	assert_output ''
	text=$(mandoc -T ascii "$page" | sed 's/.\x08//g')
	assert_equal "$(sed -nE 's/^     (-[a-zA-Z?]), (--[a-z-]+) ?([^ ]*).*/\1 \3\n\2 \3/p; s/^     (--[a-z-]+) ?([^ ]*).*/\1 \2/p' <<<"$text" |
		awk '$2 !~ /^[A-Z[a-z=:]*[]A-Za-z]*$/ || $2 ~ /^(Make|Print|Show)$/ { $2 = "" } { print $1, $2 }' | sort)" "$(options_of "$LADDER/step$NEWEST")"
	for option in "${!SINCE[@]}"; do
		since=${SINCE[$option]%+}
		[[ $option == --* ]] || continue
		run awk -v option="$option" '
			$0 ~ "^     (-., )?" option "( |$)" { found = 1 }
			found { line = line " " $0 }
			found && line ~ /From +step0/ { sub(/.*From +step/, "", line); print substr(line, 1, 2); exit }' <<<"$text"
		assert_output "$since"
	done
}

# What is offered for a command line of which the last word is being typed.
completed() { # WORD...
	bash -c 'source "$0/tools/completion.bash"; compopt() { :; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _ladder_complete; printf "%s\n" "${COMPREPLY[@]}"' "$LADDER" "$@" | sort
}

@test "the completion offers each step its own options, as --help has them, and what they take" {
	local number
	for number in $(steps 1); do
		assert_equal "$(completed "$LADDER/step$number" run -)" "$(options_of "$LADDER/step$number" | sed 's/ .*//' | grep -v '^-?$')"
		assert_equal "$(completed "$LADDER/step$number" r)" run
	done
	cp -a "$ROOTFS" rootfs
	assert_equal "$(completed "$LADDER/step06" run --network '')" $'host\nnone\nveth'
	assert_equal "$(completed "$LADDER/step06" run --network = v)" veth
	assert_equal "$(completed "$LADDER/step08" run --cap-add SYS_PT)" SYS_PTRACE
	assert_equal "$(completed "$LADDER/step08" run --security-opt s)" seccomp=unconfined
	assert_equal "$(completed "$LADDER/step04" run --rootfs r)" rootfs
	# The command is the container's: by name, by path, in another root.
	assert_equal "$(completed "$LADDER/step04" run hostn)" hostname
	assert_equal "$(completed "$LADDER/step04" run --init -v a:b /payloads/esc)" /payloads/escape
	mkdir -p other/bin
	touch other/bin/hostnamed
	chmod 755 other/bin/hostnamed
	assert_equal "$(completed "$LADDER/step04" run --rootfs=other hostn)" hostnamed
	assert_equal "$(completed "$LADDER/step04" run --rootfs other hostn)" hostnamed
	assert_equal "$(completed "$LADDER/step04" run --rootfs = other hostn)" hostnamed
	# Behind the command nothing is ours any more.
	assert_equal "$(completed "$LADDER/step06" run sh --netw)" ''
	run bash -c 'source "$0/tools/completion.bash"; complete -p step01 step09' "$LADDER"
	assert_success
}

@test "a lab's handout has the commands of its page's \"Try it\", and not what comes before or after" {
	run "$LADDER/tools/lab-handout" 04
	assert_success
	assert_line 'sudo ./step04 run ps'
	refute_line --regexp '^PID +USER'
	refute_output --partial 'pivot_root . .'
}
