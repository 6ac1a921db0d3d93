# Labs and grades: a fair score, a reason for each lost point, and no score for anything else.
#
# What is in tests/hostile is graded here by one test of lab 02 each; HOSTILE=all (make hostile) takes them all.

load helper

# What make test was called with is not for the makes in here.
unset MAKEFLAGS MFLAGS MAKELEVEL WERROR SAN STATIC

setup_file() {
	"$(dirname "$BATS_TEST_FILENAME")/../tools/grade-kit" 02 "$BATS_FILE_TMPDIR/kit02"
}

# Grades lab 02 as FOLDER holds it. $output has the last line, $out the results.
grade() { # FOLDER [OPTION...]
	out=$BATS_TEST_TMPDIR/grade
	run "$LADDER/tools/grade" --kit "$BATS_FILE_TMPDIR/kit02" --out "$out" "${@:2}" 02 "$1"
}

# "lab NN: A of B points" is the last line.
assert_points() { # A/B
	assert_equal "$(sed -n 's/^lab [0-9]*: \([0-9]*\) of \([0-9]*\) points$/\1\/\2/p' <<<"${lines[-1]}")" "$1"
}

# The reference's files of lab 02 in FOLDER.
solution() { # FOLDER
	mkdir -p "$1"
	cp "$LADDER"/step02-uts/{container,uts}.c "$1"
}

# The value of "NAME: " in the head of a hostile submission.
declared() { # NAME FILE
	sed -n "1,12s/^ \* $1: //p" "$2"
}

# Grades tests/hostile/NAME.c in the place of container.c: it gets what it declares, says why, and leaves nothing.
# None of them could do harm where every wall has fallen: what they destroy is a canary, and the rest they only probe.
hostile() { # NAME
	local file=$LADDER/tests/hostile/$1.c says never leaves began=$SECONDS total=${VM:+2}60 only=(--only 'without --hostname')
	[[ ${HOSTILE:-} != all ]] || only=()
	SECRET=$(token)
	echo "$SECRET" >secret
	chmod 600 secret
	mkdir mine canary
	echo "$SECRET" >canary/step02.bats
	cp "$LADDER/step02-uts/uts.c" mine
	sed -e "s|@LADDER@|$LADDER|g" -e "s|@SECRET@|$PWD/secret|g" -e "s|@CANARY@|$PWD/canary|g" "$file" >mine/container.c

	# Where the processor is emulated, the compiler alone needs a minute.
	GRADE_LIMIT=$((${VM:+20} + 20)) GRADE_TOTAL=$total grade mine "${only[@]}"
	# How long: the build, one test over the total, the trace.
	assert [ $((SECONDS - began)) -lt $((4 * total)) ]
	# Where no test has run there is no proof.
	assert jq -e '.problem != "" or any(.tests[]; .reason | startswith("not run") | not)' "$out/grade.json"
	assert_equal "$(jq .score "$out/grade.json")" "$(declared scores "$file")"
	says=$(declared says "$file")
	[[ ! $says ]] || assert_output --regexp "$says"
	never=$(declared never "$file")
	[[ ! $never ]] || refute_output --regexp "$never"
	leaves=$(declared leaves "$file")
	[[ ! $leaves ]] || { run pgrep "$leaves"; assert_failure; }
	assert_equal "$(<canary/step02.bats)" "$SECRET"
	run grep -rF "$SECRET" "$out"
	assert_failure
	# The next one is graded as if nothing had been: a group is busy for a moment after its last process.
	eventually no_room_left
}

# A room locks its groups: one that is not locked was left. The machine may have others' rooms.
no_room_left() {
	local group
	while read -r group; do
		! flock -n "$group" true 2>/dev/null || return 1
	done < <(find /sys/fs/cgroup -maxdepth 2 -name 'ladder-room-*' 2>/dev/null)
}

# Those that would touch the kernel or the judge are tried where nothing else runs: make hostile.
only_in_vm() {
	[[ ${VM:-} ]] || skip "only in the virtual machine: make hostile"
}

@test "a lab builds as handed out, scores nothing, and has full marks with the reference's files" {
	"$LADDER/tools/lab" 02 "$PWD/lab"
	refute [ -e lab/step03* ]
	cmp lab/step01-*/container.c lab/step02-uts/container.c
	grep -q 'not implemented' lab/step02-uts/uts.c
	run grep -rlE 'sethostname\(c|set hostname to' lab
	assert_output ''
	make -s -C lab step02 WERROR=1
	grade lab
	assert_failure 1
	assert_points 0/100
	solution lab/step02-uts
	grade lab/step02-uts
	assert_success
	assert_points 100/100
	# All that the handout names works in there.
	run make -s -C lab test-02
	assert_success
	assert_line --regexp '^[0-9]{2} passed, 0 failed'
	make -s -C lab help doctor clean
	refute [ -e lab/step02 ]
}

@test "some of it is some points, with a reason and a hint for each that is lost, in every form of the results" {
	solution mine
	sed -i 's/sethostname(.*) == -1/sethostname("fixed", 5) == -1/' mine/uts.c
	grade mine
	assert_failure 1
	assert_line --regexp '^ +0 +30  failed +the container has the hostname'
	assert_line --regexp '^ +20 +20  passed +the host keeps its hostname'
	assert_line --regexp '^  hint: .*sethostname'
	assert_points 40/100

	assert_equal "$(jq '[.score, .of] | join("/")' "$out/grade.json")" '"40/100"'
	# What Gradescope reads: its sum, and something to read for each that is lost.
	assert_equal "$(jq '[.tests[].score] | add' "$out/results.json")" 40
	assert_equal "$(jq '[.tests[].max_score] | add' "$out/results.json")" 100
	assert_equal "$(jq '[.tests[] | select(.score < .max_score and .output == "")] | length' "$out/results.json")" 0
	assert_equal "$(grep -c '<failure' "$out/report.xml")" 3
	run grep -nE '&[^aglq#]|<[^/?tf]' "$out/report.xml"
	assert_output ''
	assert_equal "$(awk -F, 'NR > 1 { sum += $(NF - 1) } END { print sum }' "$out/scores.csv")" 40
	assert_equal "$(head -n 1 "$out/summary.md")" '# Lab 02: 40 of 100 points'
}

@test "where the order of the calls is another one, the hint is what a trace saw" {
	solution mine
	sed -i '/uts_set_hostname/,+1d' mine/container.c
	grade mine --only 'without --hostname'
	assert_line --regexp '^hint: isolating calls seen, in order: CLONE_NEWUTS, execve; missing: sethostname$'
	# As it is, there is nothing to say about that.
	solution mine
	sed -i 's/strlen(c->hostname))/1)/' mine/uts.c
	grade mine --only 'without --hostname'
	assert_points 0/10
	refute_output --partial 'isolating calls'
}

@test "hints point at the lesson: each test of each step has one, and none names a thing to write" {
	local number patch hint
	while read -r number; do
		[[ -f $LADDER/tests/hints/$number ]] || { echo "no tests/hints/$number"; return 1; }
		diff <(sed -n 's/^@test "\(.*\)" {$/\1/p' "$LADDER/tests/step$number.bats" | sort) \
			<(grep -v '^[#	]' "$LADDER/tests/hints/$number" | sort)
	done < <(sed -n 's/^\(0[1-9]\) .*/\1/p' "$LADDER/tools/steps")
	# What a wrong version declares to be told is a hint of its lab's, or a trace. make calibrate sees that it is told.
	for patch in "$LADDER"/tests/mistakes/0?/*.patch; do
		hint=$(sed -n 's/^# hint: //p' "$patch") number=$(basename "${patch%/*}")
		[[ ! $hint || $hint == none || $hint == 'isolating calls seen'* ]] || grep -qF -- "$hint" "$LADDER/tests/hints/$number" ||
			{ echo "${patch#"$LADDER/"}: no such hint"; return 1; }
	done
	# Code would be an answer.
	run grep -nE '^	.*(;$|== -1|MS_|CLONE_|->)' "$LADDER"/tests/hints/0*
	refute_output --regexp '==|;$|MS_|CLONE_'
}

@test "the lab's handout has goal, contracts, questions, points and commands, and tools/lab overwrites nothing" {
	local bad
	"$LADDER/tools/lab" 3 "$PWD/lab"
	run cat lab/README.md
	assert_line --partial 'int init_run(const struct container *c);'
	assert_line '| 15 | the command is PID 1 |'
	assert_line --regexp '^\| \*\*100\*\*'
	assert_line --regexp '^Expected hours: [0-9]'
	assert_line --partial 'make hint-03'
	assert [ "$(sed -n '/^## Where the calls belong/,/^## Points/p' lab/README.md | grep -c '?$')" -ge 3 ]
	refute_output --partial "diff -r"
	run cat lab/tools/steps
	assert_output --partial step03
	refute_output --partial step04
	mkdir full && touch full/mine
	for bad in '03 full' '03 lab' '00 new' '42 new' '03 no/such/new' '03' '' '--base none 03 new' '--base . 03 new' '--base lab 01 new'; do
		# shellcheck disable=SC2086
		run "$LADDER/tools/lab" $bad
		assert_failure
		assert_equal "${#lines[@]}" 1
		assert_output --regexp '^lab: '
	done
	assert_equal "$(ls)" $'full\nlab'
	assert_equal "$(ls full)" mine
}

@test "a lab can go on from the student's own steps, and takes nothing else from there" {
	"$LADDER/tools/lab" 02 "$PWD/lab02"
	solution lab02/step02-uts
	echo '/* my own */' | tee -a lab02/step02-uts/container.c lab02/step02-uts/uts.c lab02/step02-uts/main.c >/dev/null
	"$LADDER/tools/lab" --base lab02 03 "$PWD/lab03"
	assert_equal "$(grep -rl 'my own' lab03 | sort)" \
		$'lab03/step02-uts/container.c\nlab03/step02-uts/uts.c\nlab03/step03-pid/container.c\nlab03/step03-pid/uts.c'
	make -s -C lab03 step03 WERROR=1
	ln -sf /etc/passwd lab02/step02-uts/uts.c
	run "$LADDER/tools/lab" --base lab02 03 "$PWD/other"
	assert_failure
	refute [ -e other ]
}

@test "a seed makes a rule of one's own: points for it, and none for whoever copies another's" {
	local value
	"$LADDER/tools/lab" --seed class/ada 02 "$PWD/lab"
	value=$(sed -n "s/^The container's NIS domain name is \(w[a-p]*\);.*/\1/p" lab/README.md)
	grep -q "assert_output $value" lab/tests/step02.bats
	solution lab/step02-uts
	grade lab --seed class/ada --only 'own rule|without --hostname'
	assert_points 10/20
	assert_line --regexp '^  hint: .*setdomainname'
	sed "s/@WORD@/$value/g" "$LADDER/tests/extra/02.patch" | patch -s -p1 -d lab
	grade lab --seed class/ada --only 'own rule|without --hostname'
	assert_points 20/20
	grade lab --seed class/bob --only 'own rule|without --hostname'
	assert_points 10/20
}

@test "a planted mistake is one of those that a lab's own files can have, and is found by the tests" {
	"$LADDER/tools/lab" --seed class/ada --planted 02 "$PWD/lab"
	grep -q 'This one is to be mended' lab/README.md
	run diff -rq "$LADDER/step02-uts" lab/step02-uts
	assert_output --partial ' differ'
	grade lab
	assert_failure 1
	refute_output --partial ' 100 of 100 points'
}

@test "a class: one table, nothing graded twice, and a name that is none is left out" {
	mkdir -p sub/ada sub/bob 'sub/=1+1'
	solution sub/ada
	solution sub/bob
	echo '#error' >>sub/bob/uts.c
	run "$LADDER/tools/grade-all" --jobs 2 --out class 02 sub
	assert_success
	assert_line --partial 'left out: =1+1'
	assert_equal "$(cut -d, -f 1-4 class/scores.csv)" $'"name","score","of","problem"\n"ada",100,100,""\n"bob",0,100,"does not build"'
	grep -q '^| bob | 0 of 100 | does not build |' class/summary.md
	run "$LADDER/tools/grade-all" --jobs 2 --out class 02 sub
	assert_line --partial '2 submissions, 0 to be graded'
	touch sub/bob/uts.c
	run "$LADDER/tools/grade-all" --jobs 2 --out class 02 sub
	assert_line --partial '2 submissions, 1 to be graded'
}

@test "similar finds a copy with other names, and not what the handout gives to everybody" {
	mkdir -p sub/{copy,renamed,untouched}
	cp "$LADDER"/step04-mount/{container,mount}.c sub/copy
	sed 's/\bpath\b/where/g; s/\bc\b/box/g' "$LADDER/step04-mount/mount.c" >sub/renamed/mount.c
	cp "$LADDER/step04-mount/container.c" sub/renamed
	"$LADDER/tools/lab" 04 "$PWD/lab"
	cp lab/step04-mount/{container,mount}.c sub/untouched
	run "$LADDER/tools/similar" 04 sub
	assert_line --regexp '^100 %  copy +reference'
	assert_line --regexp '^ *(9[0-9]|100) %  (copy|reference)  renamed'
	assert_line --partial 'untouched has 0 own sequences'
}

@test "the autograder for Gradescope has no solution in it, and always gives results" {
	"$LADDER/tools/gradescope" 02 "$PWD/lab.zip"
	mkdir -p auto/source auto/submission auto/results
	bsdtar -xf lab.zip -C auto/source
	assert_equal "$(ls auto/source)" $'kit.tar.gz\nrun_autograder\nsetup.sh'
	tar -C auto/source -xzf auto/source/kit.tar.gz
	run grep -rlE 'sethostname\(c->|CLONE_NEWUTS' auto/source --include='*.[ch]'
	assert_output ''
	solution auto/submission
	AUTOGRADER=$PWD/auto run auto/source/run_autograder
	assert_success
	assert_equal "$(jq '[.tests[].score] | add' auto/results/results.json)" 100
	assert_equal "$(jq -r .output auto/results/results.json)" 'Graded in this container.'
	rm -r auto/source/kit/tools/grade auto/results/results.json
	AUTOGRADER=$PWD/auto run auto/source/run_autograder
	assert_failure
	jq -r .output auto/results/results.json | grep -q 'could not be graded'
}

@test "progress tells the points so far, and hint points at the first open test" {
	"$LADDER/tools/lab" 02 "$PWD/lab"
	run lab/tools/hint 02
	assert_line --index 1 'the container has the hostname that was asked for, and the host keeps its own'
	solution lab/step02-uts
	sed -i 's/strlen(c->hostname))/strlen(c->hostname) + 1)/' lab/step02-uts/uts.c
	make -s -C lab step02
	run lab/tools/progress
	assert_line '  done   10  without --hostname it is called container'
	assert_line --regexp '^lab 02: 80 of 100 points'
	run lab/tools/hint 2
	assert_line --index 0 --regexp '^an empty hostname'
	assert_line --index 1 --partial 'sethostname(2)'
}

@test "a submission that does not build, is incomplete or is a link gets no points, and is told why" {
	mkdir mine
	solution mine
	echo '#error mine' >>mine/uts.c
	grade mine
	assert_failure 1
	assert_output --partial '#error mine'
	assert_points 0/100
	assert_equal "$(jq '[.tests[].max_score] | add' "$out/results.json")" 100
	jq -r .output "$out/results.json" | grep -q '#error mine'
	# The reference's own file must not stand in.
	rm mine/uts.c
	grade mine
	assert_failure 1
	assert_line --partial 'uts.c is missing'
	assert_points 0/100
	ln -s "$LADDER/step02-uts/uts.c" mine/uts.c
	grade mine
	assert_failure 1
	assert_points 0/100
}

@test "where no room can be made nothing is graded: that is not the student's fault" {
	local powerless=(setpriv --bounding-set=-all --inh-caps=-all --no-new-privs)
	solution mine
	run "${powerless[@]}" "$LADDER/tools/grade" --kit "$BATS_FILE_TMPDIR/kit02" --out "$PWD/grade" 02 mine
	assert_failure 2
	assert_line --partial 'ungradable here'
	refute [ -e grade ]
	# A command's own status is another thing.
	run "$LADDER/tools/room" "$BATS_FILE_TMPDIR/kit02" none sh -c 'exit 7'
	assert_failure 7
	run "${powerless[@]}" "$LADDER/tools/room" "$BATS_FILE_TMPDIR/kit02" none sh -c 'exit 7'
	assert_failure 125
}

@test "only the lab's own files are graded: other files, another Makefile and other tests are left out" {
	"$LADDER/tools/lab" 02 "$PWD/lab"
	solution lab/step02-uts
	echo '$(error mine)' >lab/step02-uts/Makefile
	echo '#error mine' | tee lab/step02-uts/main.c lab/step02-uts/other.c >lab/common/report.c
	echo 'exit 1' >lab/tests/step02.bats
	grade lab
	assert_success
	assert_line --partial 'other.c is not part of the lab: left out'
	assert_points 100/100
}

# The groups of the rooms that the processes of a session have made.
rooms_of() { # SESSION
	local pid
	for pid in $(ps -o pid= -s "$1"); do
		find /sys/fs/cgroup -maxdepth 2 -name "ladder-room-$pid" 2>/dev/null
	done
}

in_rooms_of() { # SESSION
	rooms_of "$1" | while read -r room; do
		find "$room" -name cgroup.procs -exec cat {} + 2>/dev/null
	done | sort -u
}

runs_in_rooms_of() { # SESSION
	in_rooms_of "$1" | xargs -rI{} cat /proc/{}/comm 2>/dev/null | grep -qx step02
}

@test "what a killed grader leaves is gone with the next one; a room that somebody is in stays" {
	local killed holder group process
	solution mine
	cp -r mine hangs
	sed -i 's/if (sethostname(/for (;;) pause(); &/' hangs/uts.c
	mkdir layer tmp
	setsid "$LADDER/tools/room" --limit 900 "$PWD/layer:$BATS_FILE_TMPDIR/kit02" none sleep 900 <&- >/dev/null 2>&1 3>&- &
	holder=$!
	STARTED+=("$holder")
	eventually eval '[[ $(in_rooms_of "$holder") ]]'
	group=$(rooms_of "$holder" | head -n 1)

	GRADE_LIMIT=600 TMPDIR=$PWD/tmp setsid "$LADDER/tools/grade" --kit "$BATS_FILE_TMPDIR/kit02" --out killed \
		02 hangs <&- >/dev/null 2>&1 3>&- &
	killed=$!
	# In the middle: the runtime itself is there, and waits. Before that it is built, which may take a while.
	eventually runs_in_rooms_of "$killed" || eventually runs_in_rooms_of "$killed" ||
		eventually runs_in_rooms_of "$killed" || eventually runs_in_rooms_of "$killed"
	rooms_of "$killed" >rooms
	in_rooms_of "$killed" >processes
	assert [ "$(wc -l <processes)" -gt 3 ]
	kill -KILL -- "-$killed"
	assert [ "$(ls tmp)" ]
	# A lock goes with its process, and that goes once it is its turn.
	while read -r room; do
		eventually flock -n "$room" true
	done <rooms

	TMPDIR=$PWD/tmp grade mine --only 'without --hostname'
	assert_points 10/10
	assert_equal "$(ls tmp)" ''
	while read -r room; do
		refute [ -e "$room" ]
	done <rooms
	while read -r process; do
		assert ended "$process"
	done <processes
	run grep -F "$PWD/tmp" /proc/self/mountinfo
	assert_output ''
	assert [ -d "$group/room" ]
	# In version 2 they are in a group below.
	assert [ "$(find "$group/room" -name cgroup.procs -exec cat {} +)" ]
	kill "$holder"
	eventually eval '[[ ! -d $group ]]'
}

# In the machine nobody holds a lock on the folder that the kit was brought in: grade does, outside.
@test "the judge does not take the folder that its kit came in for what a killed grader left" {
	mkdir -p tmp/ladder-grade.inside out
	cp -r "$BATS_FILE_TMPDIR/kit02" tmp/ladder-grade.inside/kit
	solution mine
	TMPDIR=$PWD/tmp run tmp/ladder-grade.inside/kit/tools/grade-run --only 'without --hostname' \
		tmp/ladder-grade.inside/kit 02 mine out
	assert_success
	assert_line --partial 'passed'
	assert [ -d tmp/ladder-grade.inside/kit/rootfs ]
}

@test "no solution is in the room, nor in what a machine would get" {
	mkdir layer
	run "$LADDER/tools/room" "$PWD/layer:$BATS_FILE_TMPDIR/kit02" none find / -name 'step0*' ! -path '/sys/*'
	assert_success
	assert_equal "$(sort <<<"$output")" $'/ladder/step02-uts\n/ladder/tests/step02.bats'
	run grep -rlE 'sethostname\(c->|CLONE_NEWUTS' "$BATS_FILE_TMPDIR/kit02" --include='*.[ch]'
	assert_output ''
	run find "$BATS_FILE_TMPDIR/kit02" -name 'step0[1-9]' -o -name 'uts.*' -o -name container.c -o -name '*.o'
	assert_output ''
}

@test "without the guard the tests believe what a program says: so that this is what it is for" {
	local name
	solution mine
	for name in prints-expected constructor runs-unshare; do
		cp -r "$LADDER/common" "$LADDER/step02-uts" .
		cp "$LADDER/tests/hostile/$name.c" step02-uts/container.c
		make -s -C step02-uts >/dev/null 2>&1
		run env STEP=02 BIN="$PWD/step02-uts/step02" TMPDIR="$PWD" "$LADDER/tests/sandbox" \
			bats -F tap -f 'without --hostname' "$LADDER/tests/step02.bats"
		assert_line --regexp '^ok 1 '
	done
}

@test "hostile: background - leaves processes behind that hold on to everything, for five minutes" {
	hostile background
}

@test "hostile: changes-kernel - looks whether it could make the kernel run something outside, or stop" {
	only_in_vm
	hostile changes-kernel
}

@test "hostile: compile-bomb - a program of a gigabyte" {
	hostile compile-bomb
}

@test "hostile: constructor - acts before main() does: answers, and ends with success" {
	hostile constructor
}

@test "hostile: embeds-solution - takes the reference's program into its own, by the assembler" {
	hostile embeds-solution
}

@test "hostile: flood - a million lines on standard output and standard error, and large pieces of memory and disk" {
	hostile flood
}

@test "hostile: forged-tap - reports a pass on each descriptor that it has, and on each of those that started it" {
	hostile forged-tap
}

@test "hostile: fork-bomb - four thousand processes, each of them busy for a minute" {
	hostile fork-bomb
}

@test "hostile: hang - goes on for ten minutes, and listens to no signal" {
	hostile hang
}

@test "hostile: includes-solution - takes the reference's file instead of an own one" {
	hostile includes-solution
}

@test "hostile: mounts-over - puts its own folder, and then its own root, where the judge looks for its tools" {
	only_in_vm
	hostile mounts-over
}

@test "hostile: other-architecture - makes its calls by the numbers of 32-bit x86, which mean other ones to a filter" {
	hostile other-architecture
}

@test "hostile: planted-program - makes programs of its own that answer for the command: in PATH, by LD_PRELOAD, from memory" {
	only_in_vm
	hostile planted-program
}

@test "hostile: prints-and-runs - runs the command with its output thrown away, and speaks in its place" {
	hostile prints-and-runs
}

@test "hostile: prints-expected - says what the tests want to hear, on both outputs, and runs nothing" {
	hostile prints-expected
}

@test "hostile: reads-secrets - tells in an error message what only root may read on the machine that grades" {
	hostile reads-secrets
}

@test "hostile: removes-all - empties the folder that the test has made to be emptied" {
	only_in_vm
	hostile removes-all
}

@test "hostile: replaced-tests - looks whether it could put tests that pass in the place of those that run, and so for bats" {
	only_in_vm
	hostile replaced-tests
}

@test "hostile: runs-reference - looks for a solution that somebody has built, and executes it" {
	hostile runs-reference
}

@test "hostile: runs-unshare - lets unshare(1), bwrap(1) and busybox do the work" {
	hostile runs-unshare
}

@test "hostile: threads - lets another process change what was looked at, after it was looked at" {
	hostile threads
}

@test "hostile: touches-judge - traces, reads and at last kills those that started it" {
	only_in_vm
	hostile touches-judge
}
