# step01: a process is started, and what goes in and comes out is what was asked for.

load helper

# bats test_tags=step:01,points:10
@test "the command runs with its arguments as they are, and its output is ours" {
	local one
	one="$(token) 'two  words' * \$HOME"
	run ctr printf '<%s>' "$one" '' '-e'
	assert_success
	assert_output "<$one><><-e>"
}

# bats test_tags=step:01,points:10
@test "what comes in on standard input reaches the command, and standard error comes out apart" {
	local secret
	secret=$(token)
	run --separate-stderr ctr sh -c 'cat; echo "error $0" >&2' "$secret" <<<"in $secret"
	assert_output "in $secret"
	assert_equal "$stderr" "error $secret"
}

# bats test_tags=step:01,points:10
@test "the exit status is the command's own" {
	local code=$((RANDOM % 100 + 1))
	run ctr sh -c "exit $code"
	assert_failure "$code"
	run ctr sh -c "exit $((code + 100))"
	assert_failure "$((code + 100))"
	run ctr sh -c 'echo after'
	assert_success
	assert_output after
}

# bats test_tags=step:01,points:10
@test "a command that a signal ends gives 128 plus the signal's number" {
	# --init, because PID 1 could not kill itself.
	run ctr --init sh -c 'kill -s USR1 $$'
	assert_failure "$((128 + $(kill -l USR1)))"
	run ctr --init sh -c 'kill -s KILL $$'
	assert_failure 137
}

# bats test_tags=step:01,points:5
@test "a command that isn't there: one line that names it, and 127" {
	local name
	name=no-$(token)
	run -127 ctr "$name"
	assert_output "$NAME: execute $name: No such file or directory"
	run -127 ctr "/$name/$name"
	assert_output "$NAME: execute /$name/$name: No such file or directory"
	run -127 ctr ''
}

# bats test_tags=step:01,points:5
@test "a command that can't be executed: one line that names it, a hint, and 126 or 127" {
	local folder
	folder=$(share)
	echo 'exit 0' >"$folder/plain"
	printf '\177ELF no machine has this' >"$folder/foreign"
	printf '#!/no/%s\n' "$(token)" >"$folder/script"
	chmod 755 "$folder/foreign" "$folder/script"

	run ctr -v "$SHARE:$SHARE" "$folder"
	assert_failure 126
	assert_line --index 0 "$NAME: execute $folder: Permission denied"
	assert_line --index 1 "hint: it is a directory"
	run ctr -v "$SHARE:$SHARE" "$folder/plain"
	assert_failure 126
	assert_output "$NAME: execute $folder/plain: Permission denied"
	run ctr -v "$SHARE:$SHARE" "$folder/foreign"
	assert_failure 126
	assert_line --index 0 "$NAME: execute $folder/foreign: Exec format error"
	assert_line --index 1 --regexp '^hint: not a program for this machine'
	run -127 ctr -v "$SHARE:$SHARE" "$folder/script"
	assert_line --index 0 "$NAME: execute $folder/script: No such file or directory"
	assert_line --index 1 --regexp '^hint: .*interpreter'
}

# bats test_tags=step:01,points:10
@test "no descriptor above 2 is passed on" {
	local secret="$BATS_TEST_TMPDIR/secret" word
	word=$(token)
	echo "$word" >"$secret"
	# The act works where nobody prevents it.
	run sh -c 'cat <&7' 7<"$secret"
	assert_output "$word"
	for number in 7 19; do
		# Not through ctr, which closes what a caller may leave open.
		ctr_options
		run sh -c "exec timeout 20 \"\$@\" $number<'$secret' 3>&- 4>&-" - \
			"$BIN" run "${OPTIONS[@]}" sh -c "echo alive; cat <&$number"
		refute_output --partial "$word"
		assert_line --index 0 alive
		assert_failure
	done
}

# bats test_tags=step:01,points:10
@test "the environment is PATH, HOME and TERM, whatever the caller has" {
	export CANARY
	CANARY=$(token)
	run ctr sh -c 'echo "PATH=$PATH HOME=$HOME CANARY=$CANARY"'
	assert_output "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CANARY="
	TERM=$CANARY run ctr env
	assert_success
	assert_line "TERM=$CANARY"
	assert_equal "${#lines[@]}" 3
}

# bats test_tags=step:01,points:10
@test "-e sets a variable, passes the caller's on, and the last one counts" {
	local one two
	one=$(token) two=$(token)
	export CANARY=$one
	unset NOTHING
	run ctr -e "A=$one" -e CANARY -e NOTHING --env "A=$two=$one" -e EMPTY= \
		sh -c 'echo "$A $CANARY ${NOTHING-unset} ${EMPTY-unset}"'
	assert_output "$two=$one $one unset "
	run ctr -e "=$one" true
	assert_refused "'=$one'"
}

# bats test_tags=step:01,points:5
@test "the command is looked for in the PATH that it is given, not in the caller's" {
	local folder name
	folder=$(share)
	name=cmd-$(token)
	printf '#!/bin/sh\necho "%s ran"\n' "$name" >"$folder/$name"
	chmod 755 "$folder/$name"
	PATH=$folder:$PATH run -127 ctr -v "$SHARE:$SHARE" "$name"
	run ctr -v "$SHARE:$SHARE" -e "PATH=/nowhere:$folder:/bin" "$name"
	assert_success
	assert_output "$name ran"
}

# bats test_tags=step:01,points:5
@test "the umask is 022, whatever the caller's is" {
	umask 077
	run ctr sh -c 'umask'
	assert_output 0022
}

# bats test_tags=step:01,points:10
@test "TERM, HUP, USR1 and USR2 sent to the runtime reach the command" {
	local signal
	for signal in TERM HUP USR1 USR2; do
		ctr_start sh -c "trap 'echo got $signal; exit 9' $signal; echo ready; while :; do sleep 0.05; done"
		ctr_printed ready
		kill -s "$signal" "$CTR"
		ctr_wait
		assert_equal "$status" 9
		ctr_printed "got $signal"
	done
}

# bats test_tags=step:01
@test "an alarm is the command's; one that was set before the runtime began ends nothing" {
	ctr_start sh -c 'trap "exit 9" ALRM; echo ready; while :; do sleep 0.05; done'
	ctr_printed ready
	kill -s ALRM "$CTR"
	ctr_wait
	assert_equal "$status" 9
	# exec keeps it: alarm(2).
	ctr_options sleep 2
	run timeout 20 perl -e 'alarm 1; exec @ARGV' "$BIN" run "${OPTIONS[@]}" sleep 2
	assert_success
}

# bats test_tags=step:01,points:5
@test "a signal that the caller ignores does not end the command" {
	# What nohup(1) does; to see that HUP came through at all, USR1 follows it.
	trap '' HUP
	ctr_start sh -c 'trap "echo got USR1; exit 8" USR1; echo ready; while :; do sleep 0.05; done'
	trap - HUP
	ctr_printed ready
	kill -s HUP "$CTR"
	kill -s USR1 "$CTR"
	ctr_wait
	assert_equal "$status" 8
}

# bats test_tags=step:01,points:5
@test "a command that is stopped and continued has not ended" {
	local child
	ctr_start sh -c 'trap "exit 7" USR1; echo ready; while :; do sleep 0.05; done'
	ctr_printed ready
	child=$(ctr_child "$CTR")
	kill -s STOP "$child"
	eventually grep -q '^State:.T' "/proc/$child/status"
	# Each of the two is a SIGCHLD for the runtime.
	sleep 0.2
	refute ended "$CTR"
	# To the runtime: with a terminal it has stopped as well, and a shell would continue it.
	kill -s CONT "$CTR"
	sleep 0.2
	refute ended "$CTR"
	kill -s USR1 "$CTR"
	ctr_wait
	assert_equal "$status" 7
}

# bats test_tags=step:01,points:5
@test "a caller that ignores SIGCHLD still gets the exit status" {
	local code=$((RANDOM % 100 + 1))
	trap '' CHLD
	run ctr sh -c "exit $code"
	trap - CHLD
	assert_failure "$code"
}

# bats test_tags=step:01,points:5
@test "closed standard descriptors do no harm" {
	local word
	word=$(token)
	ctr_options
	run sh -c 'exec "$@" <&- 2>&-' - timeout 20 "$BIN" run "${OPTIONS[@]}" sh -c "echo $word; cat"
	assert_success
	assert_output "$word"
	run sh -c 'exec "$@" >&- 2>&-' - timeout 20 "$BIN" run "${OPTIONS[@]}" sh -c 'echo x; exit 5'
	assert_failure 5
}
