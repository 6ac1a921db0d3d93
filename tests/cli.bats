# The command line, the same for every step.

load helper

@test "--help goes to standard output: usage, options, exit status, an example, a warning" {
	run --separate-stderr "$BIN" --help
	assert_success
	assert_equal "$stderr" ''
	assert_line --index 0 "Usage: $NAME [OPTION...] run COMMAND [ARG...]"
	assert_line --partial "--env=K[=V]"
	assert_line --partial "Exit status:"
	assert_line --partial "Example: $NAME run"
	assert_output --partial "not a security boundary"
	assert_equal "$(awk 'length > 80' <<<"$output")" ''
	# Every option that the helper knows of this step, and none of a later one.
	local option
	for option in "${!SINCE[@]}"; do
		[[ $option == --* ]] || continue
		if has_step "${SINCE[$option]%+}"; then
			assert_output --partial " $option"
		else
			refute_output --partial " $option"
		fi
	done
}

@test "--version names the program" {
	run "$BIN" --version
	assert_success
	assert_output --regexp "^$NAME \(container ladder\) [0-9.]+$"
}

@test "what is missing or unknown is refused in one line, with the way to the help" {
	local bad
	for bad in '' run '--no-such' 'run --no-such x' 'run -Z x' 'start x' 'run -e' 'run --env'; do
		# shellcheck disable=SC2086
		run timeout 5 "$BIN" $bad
		assert_equal "$status" 125
		assert_line --index 0 --regexp "^$NAME: "
		assert_line --index 1 --regexp "^Try .*$NAME --help"
		assert_equal "${#lines[@]}" 2
	done
	run "$BIN" start x
	assert_line --partial "'start'"
	run "$BIN" run --no-such x
	assert_line --partial "--no-such"
}

@test "options end at the command, and -- ends them too" {
	run ctr echo --help -e x
	assert_success
	assert_output -- "--help -e x"
	ctr_options
	run timeout 20 "$BIN" run "${OPTIONS[@]}" -- echo -n one
	assert_output one
}

@test "an argument with a line feed can't forge a line" {
	run -127 ctr $'no\nsuch\033[31m'
	assert_output "$NAME: execute no?such?[31m: No such file or directory"
}

@test "a long list of arguments and a long name pass through" {
	run ctr sh -c 'echo $#' - $(seq 5000)
	assert_output 5000
	run -127 ctr "$(printf 'x%.0s' {1..5000})"
}

@test "without root, it is said in one line with a hint, where root is needed" {
	has_step 02 || skip "step01 needs no root"
	! has_step 09 || skip "from step09 on nothing needs root"
	cp "$BIN" "$SHARE/$NAME"
	ctr_options
	run timeout 10 setpriv --reuid=65534 --regid=65534 --clear-groups "$SHARE/$NAME" run "${OPTIONS[@]}" true
	rm "$SHARE/$NAME"
	assert_refused "start a process: Operation not permitted"
	assert_line --index 1 --regexp "^hint: .*sudo"
}
