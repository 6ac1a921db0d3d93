# runs.bash - many runs of bats, each of one test file on one program: for tools/matrix and tools/mistakes.
#
#   runs_begin NAME                  makes $WORK, removed at the end, and the root file system
#   runs_start ID STEP BIN FILE [COMMAND...]
#                                    a run in the background, if COMMAND succeeds; waits while JOBS
#                                    of them are under way
#   runs_end                         waits for the rest; then $WORK/ID.tap has what each said
#   runs_results ID FILE             a line for each test of FILE: its result, a tab, its name
#   runs_said ID NAME                what a test said, or the end of what the run did
#
# JOBS: how many at a time, by default two for each processor: a run mostly waits.
# LIMIT_RUN: seconds for one of them. RUNS_ARGUMENTS: more options for bats.

# shellcheck shell=bash
# A virtual machine that is emulated (tools/vm) takes some ten times as long.
if [[ ${VM:-} ]]; then
	export LIMIT=${LIMIT:-240} LIMIT_RUN=${LIMIT_RUN:-4000}
fi
RUNS_ARGUMENTS=()
RUNS_LADDER=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

runs_begin() { # NAME
	((EUID == 0)) || { echo "$1: containers need root: sudo make $1" >&2; exit 1; }
	mapfile -t RUNS_BATS < <("$RUNS_LADDER/tools/deps" --bats)
	export BATS_LIB_PATH=${RUNS_BATS[1]}
	unset STEP BIN ROOTFS
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/ladder-$1.XXXXXX")
	trap runs_remove EXIT
	trap 'exit 130' INT TERM HUP
	chmod 755 "$WORK"

	# A run gets a copy: tests write into it, and two that run at once must not meet there.
	# shellcheck source=tests/setup_suite.bash
	source "$RUNS_LADDER/tests/setup_suite.bash"
	(BATS_RUN_TMPDIR=$WORK BATS_SUITE_TMPDIR=$WORK setup_suite) ||
		{ echo "$1: no root file system for the tests" >&2; exit 1; }
}

# Also when interrupted: timeout(1) is in a group of its own and hears nothing from the terminal.
runs_remove() {
	local pid
	for pid in $(jobs -rp); do
		kill "$pid" 2>/dev/null || true
	done
	wait
	rm -rf "$WORK"
}

# Waits until fewer than COUNT background jobs are left.
runs_wait() { # COUNT
	while (($(jobs -rp | wc -l) >= $1)); do
		wait -n || true
	done
}

runs_start() { # ID STEP BIN FILE [COMMAND...]
	runs_wait "${JOBS:-$((2 * $(nproc)))}"
	runs_one "$@" </dev/null 3>&- &
}

# What a hung test leaves is in the sandbox's PID namespace, and ends with it.
runs_one() { # ID STEP BIN FILE [COMMAND...]
	local folder=$WORK/$1 step=$2 bin=$3 file=$4
	shift 4
	trap - EXIT INT TERM HUP
	"$@" >"$folder.log" 2>&1 || return
	mkdir "$folder"
	cp -a "$WORK/rootfs" "$folder/rootfs"
	STEP=$step BIN=$bin ROOTFS=$folder/rootfs TMPDIR=$folder \
		exec timeout -k 2 "${LIMIT_RUN:-300}" "$RUNS_LADDER/tests/sandbox" "${RUNS_BATS[0]}" -F tap \
		--setup-suite-file "$RUNS_LADDER/tests/setup_suite.bash" "${RUNS_ARGUMENTS[@]}" "$file" >"$folder.tap" 2>&1
}

runs_end() {
	runs_wait 1
}

runs_tests() { # FILE
	sed -n 's/^@test "\(.*\)" {$/\1/p' "$1"
}

# passed, failed, skipped; 125, a failure in which the runtime answered that it can't;
# none, if the run ended before the test did.
runs_results() { # ID FILE
	awk -F '\t' '
		NR == FNR {
			if (sub(/^not ok [0-9]+ /, ""))
				result[name = $0] = "failed"
			else if (sub(/^ok [0-9]+ /, "")) {
				skipped = sub(/ # skip.*/, "")
				result[name = $0] = skipped ? "skipped" : "passed"
			} else if (/^# the last status is 125/)
				result[name] = "125"
			next
		}
		{ print ($0 in result ? result[$0] : "none") "\t" $0 }
	' "$WORK/$1.tap" <(runs_tests "$2")
}

runs_said() { # ID NAME
	awk -v name="$2" '
		/^(not )?ok [0-9]+ / { sub(/^(not )?ok [0-9]+ /, ""); there = $0 == name; found += there; next }
		there
		END { exit !found }
	' "$WORK/$1.tap" || tail -n 5 "$WORK/$1.tap"
}
