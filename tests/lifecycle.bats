# What a container leaves behind: nothing.

load helper

# What a leak would show in, as the host sees it.
host_state() {
	cat /proc/self/mountinfo
	hostname
	ipcs -mqs
	ls -A "$BATS_TEST_TMPDIR" "$ROOTFS" "$SHARE"
	readlink /proc/[0-9]*/ns/{uts,pid,mnt,ipc} 2>/dev/null | sort -u
	pgrep -c . || true
}

@test "fifty containers, one after the other, leave the host as it was" {
	local before i
	before=$(host_state)
	for ((i = 0; i < 50; i++)); do
		ctr true
	done
	assert_equal "$(host_state)" "$before"
}

@test "forty containers, twenty at a time, leave the host as it was" {
	local before i word pids
	word=$(token)
	before=$(host_state)
	for _ in 1 2; do
		pids=()
		for ((i = 0; i < 20; i++)); do
			ctr --hostname "c$i" sh -c "echo $word.$i.\$(hostname)" >"$BATS_TEST_TMPDIR/$i" &
			pids+=("$!")
		done
		for ((i = 0; i < 20; i++)); do
			wait "${pids[i]}"
			assert_equal "$(sed 's/\.[^.]*$//' "$BATS_TEST_TMPDIR/$i")" "$word.$i"
			rm "$BATS_TEST_TMPDIR/$i"
		done
	done
	assert_equal "$(host_state)" "$before"
}

@test "a runtime that is killed at a random moment leaves nothing" {
	has_step 03 || skip "before step03 a container outlives its runtime"
	local before i
	before=$(host_state)
	for ((i = 0; i < 30; i++)); do
		ctr_start sh -c 'sleep 5; echo survived'
		sleep "0.00$((RANDOM % 10))"
		kill -KILL "$CTR"
		wait "$CTR" || true
		rm "$OUT"
	done
	# Dead and waited for: their numbers may be others' by now.
	# shellcheck disable=SC2034 # teardown reads it
	STARTED=()
	state_is() { [[ $(host_state) == "$before" ]]; }
	eventually state_is || assert_equal "$(host_state)" "$before"
}

@test "a container that fails to start leaves nothing" {
	local before
	before=$(host_state)
	run -127 ctr "no-$(token)"
	if has_step 04; then
		run ctr -w /no/where true
		assert_refused /no/where
		run ctr -v "$SHARE:/etc/passwd" true
		assert_refused /etc/passwd
	fi
	assert_equal "$(host_state)" "$before"
}

@test "a full pipe that nobody reads any more ends the command, not the status" {
	ctr_options
	run bash -c 'set -o pipefail; timeout 20 "$@" | true' - \
		"$BIN" run "${OPTIONS[@]}" sh -c 'sleep 0.2; echo x 2>/dev/null; exit 4'
	assert [ "$status" -ne 125 ]
	assert_failure
}
