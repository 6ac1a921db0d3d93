# helper.bash - what every test file loads: which step is tested, and how a container is started.
#
#   STEP=07 bats tests/step02.bats     tests step07 with the tests of step02
#   BIN=./mine STEP=02 bats ...        tests another program as if it were step02

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert

LADDER=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.." && pwd)
NEWEST=$(sed -n 's/^\(0[1-9]\) .*/\1/p' "$LADDER/tools/steps" | tail -n 1)

# Which step: STEP; or the folder that tools/test runs the file in; or the file's own; or the newest.
if [[ ! ${STEP:-} ]]; then
	STEP=$(basename "$BATS_TEST_DIRNAME")
	[[ $STEP == 0[1-9] ]] || STEP=$(basename "$BATS_TEST_FILENAME" .bats)
	STEP=${STEP#step} STEP=${STEP%-only}
	[[ $STEP == 0[1-9] ]] || STEP=$NEWEST
fi
BIN=${BIN:-$LADDER/step$STEP}
NAME=$(basename "$BIN")

# Made by setup_suite.bash: ROOTFS, a root file system for the steps that have one, with the static
# programs of tests/payloads in it; SHARE, a directory that host and container see under the same
# path where a test asks for it: ctr -v "$SHARE:$SHARE" ...

has_step() { # NN
	[[ ! $STEP < $1 ]]
}

# Every option, with the step that brings it; + where it takes an argument.
declare -gA SINCE=(
	[-e]=01+ [--env]=01+
	[-h]=02+ [--hostname]=02+
	[--init]=03 [--stop-timeout]=03+
	[--rootfs]=04+ [-v]=04+ [--volume]=04+ [-w]=04+ [--workdir]=04+ [--read-only]=04
	[-m]=05+ [--memory]=05+ [--pids-limit]=05+ [--cpus]=05+
	[--network]=06+ [--subnet]=06+
	[--layer]=07+ [--upper]=07+ [--storage-size]=07+
	[--cap-add]=08+ [--cap-drop]=08+ [--security-opt]=08+ [--print-filter]=08
	[--userns]=09+
)

# For a test whose act takes what step08 takes away: ctr "${PRIVILEGED[@]}" COMMAND...
# shellcheck disable=SC2034
PRIVILEGED=(--cap-add ALL --security-opt seccomp=unconfined)

# For a sanitizer build (make SAN=1) under strace: to look for leaks it traces the program itself, and two can't.
# shellcheck disable=SC2034
TRACEABLE=detect_leaks=0

# Splits "$@" into OPTIONS, those that this step has, and COUNT, how many words they took.
ctr_options() {
	local total=$# since width upper
	OPTIONS=()
	while (($#)) && [[ $1 == -?* ]]; do
		since=${SINCE[${1%%=*}]:-} width=1
		[[ $since ]] || { echo "helper: unknown option $1" >&2; return 2; }
		[[ $since == *+ && $1 != *=* ]] && width=2
		has_step "${since%+}" && OPTIONS+=("${@:1:width}")
		shift "$width"
	done
	COUNT=$((total - $#))
	if has_step 04 && [[ " ${OPTIONS[*]}" != *" --rootfs"* && " ${OPTIONS[*]}" != *" --layer"* ]]; then
		OPTIONS+=(--rootfs "$ROOTFS")
	fi
	if has_step 09 && ! tmpfs_has_user_attributes &&
		[[ " ${OPTIONS[*]}" != *" --upper"* && " ${OPTIONS[*]}" != *" --storage-size"* ]]; then
		mkdir -p "$BATS_SUITE_TMPDIR/uppers"
		upper=$(mktemp -d "$BATS_SUITE_TMPDIR/uppers/XXXXXX") && chmod 711 "$upper"
		OPTIONS+=(--upper "$upper")
	fi
}

# Before Linux 6.6 it has none, and step09 says at each start what overlayfs can't do then: so
# containers there write to the disk.
tmpfs_has_user_attributes() {
	local release
	read -r release </proc/sys/kernel/osrelease
	[[ $release =~ ^([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] >= 6006))
}

# ctr [OPTION...] COMMAND [ARG...]
# One container, in bounded time, and without the descriptors of bats: a stray child that kept
# them would hang the run, and a hostile one could write results of its own.
# Options that this step does not have yet are left out, so that a test meets an older step
# with the same act and fails by what it sees.
ctr() {
	ctr_options "$@" || return
	timeout -k 1 "${LIMIT:-20}" "$BIN" run "${OPTIONS[@]}" "${@:COUNT+1}" \
		3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# The same in the background: $CTR is the runtime's pid, $OUT the file with its output.
# ctr_wait waits for its end and fills $status; teardown ends what is left.
ctr_start() {
	ctr_options "$@" || return
	OUT=$(mktemp "$BATS_TEST_TMPDIR/out.XXXXXX")
	"$BIN" run "${OPTIONS[@]}" "${@:COUNT+1}" </dev/null >"$OUT" 2>&1 \
		3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	CTR=$!
	STARTED+=("$CTR")
}

ctr_wait() {
	eventually ended "$CTR" || { echo "the runtime still runs"; return 1; }
	status=0
	wait "$CTR" || status=$?
}

# True once the process has ended: gone, or a zombie that nobody has waited for yet.
ended() { # PID
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
	[[ $state == Z || ! $state ]]
}

# The container's first process, as the host numbers it; waits until there is one.
ctr_child() { # RUNTIME-PID
	eventually has_child "$1" && head -n 1 <(tr ' ' '\n' <"/proc/$1/task/$1/children")
}

has_child() {
	[[ $(<"/proc/$1/task/$1/children") ]]
}

# Polls COMMAND for ten seconds: until it is true.
eventually() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# Waits until the container has printed a line that matches; not for one that has ended.
ctr_printed() { # REGEX
	eventually printed_or_ended "$1"
	grep -qE "$1" "$OUT" || { echo "no '$1' in:"; cat "$OUT"; return 1; }
}

printed_or_ended() { # REGEX
	grep -qE "$1" "$OUT" || ended "$CTR"
}

# The runtime refused: exit status 125, one line that says why, at most one line of advice.
assert_refused() { # REGEX
	assert_equal "$status" 125
	assert_line --index 0 --regexp "^$NAME: .*$1"
	if ((${#lines[@]} > 1)); then
		assert_line --index 1 --regexp "^(hint: |Try )"
	fi
	assert_equal "$((${#lines[@]} <= 2))" 1
}

# Something that nobody could have written down beforehand.
token() {
	od -An -N6 -tx1 /dev/urandom | tr -d ' \n'
}

# A new directory below $SHARE, which the container may write to.
share() {
	local folder
	folder=$(mktemp -d "$SHARE/XXXXXX") && chmod 1777 "$folder" && echo "$folder"
}

# Where the container finds a program of tests/payloads.
payload() { # NAME
	if has_step 04; then echo "/payloads/$1"; else echo "$ROOTFS/payloads/$1"; fi
}

setup() {
	STARTED=()
	umask 022
	cd "$BATS_TEST_TMPDIR" || return
}

# A container may outlive its runtime if a wrong version lets it: take both, by number.
teardown() {
	local pid child children
	# 125 where none was expected: the runtime failed, and the test proved nothing.
	if [[ ! ${BATS_TEST_COMPLETED:-} && ${status:-} == 125 ]]; then
		echo "the last status is 125: where the test expected another one, the runtime refused or failed"
	fi
	for pid in "${STARTED[@]}"; do
		children=()
		{ read -r -a children <"/proc/$pid/task/$pid/children"; } 2>/dev/null || true
		for child in "${children[@]}"; do
			kill -KILL "$child" 2>/dev/null || true
		done
		kill -KILL "$pid" 2>/dev/null || true
	done
	if [[ $(type -t after_test) ]]; then after_test; fi
}
