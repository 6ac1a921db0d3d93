# worker.bash - for tools/faults: one container at a time, with a fault in it, and a look at what came of it.
#
#   worker_begin FOLDER   trees of control groups; FOLDER has inject, rootfs/, programs, and is written to
#   worker_record         FOLDER/points: "STEP SCENARIO ROLE:CALL:N", each system call of a good run
#   worker_cases          for each "STEP SCENARIO ROLE:CALL:N FAULT" in FOLDER/cases a line in FOLDER/results:
#                         the same, VERDICT, DETAIL, between tabs
#
# It runs inside tests/sandbox, in a control group and a cgroup namespace of its own: what a runtime
# leaves is left in here, seen at once, and gone with the sandbox.

# shellcheck shell=bash
# shellcheck source=tests/faults/scenarios.bash
source "$(dirname "${BASH_SOURCE[0]}")/scenarios.bash"
# shellcheck source=tests/faults/environments.bash
source "$(dirname "${BASH_SOURCE[0]}")/environments.bash"

# Seconds that a run may take, and that what is left of it may stay: a busy machine's, not ours.
ACCEPTED=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/accepted
FAULT_LIMIT=${FAULT_LIMIT:-15}
FAULT_PATIENCE=${FAULT_PATIENCE:-5}

worker_begin() { # FOLDER
	WORKER=$1
	shopt -s nullglob dotglob globstar
	exec {NEVER}<> <(:)
	cd "$WORKER" || return
	: >>results
	: >>points
	mkdir -p share/source share/read-only share/layer share/upper out full
	ROOT=$WORKER/rootfs
	groups_mount
	disk_fill
	ids_give
}

# Ids for an ordinary user, wherever /etc is.
ids_give() {
	local file
	for file in subuid subgid; do
		echo nobody:700000:65536 >$file
		[[ ! -e /etc/$file ]] || mount --bind $file /etc/$file
	done
}

# A root on a disk that has room for not one file or byte more.
disk_fill() {
	local used files
	mount -t tmpfs -o mode=755 tmpfs full
	cp -a rootfs/. full
	used=$(df --output=used full | tail -n 1) files=$(df --output=iused full | tail -n 1)
	mount -o "remount,size=$((used))k,nr_inodes=$((files))" full
}

# The namespace's own view of the control groups, in the usual places. The machine's mounts of them
# go first, or a runtime would find them in the list of mounts.
groups_mount() {
	local controllers trees=() version2='' top=/sys/fs/cgroup
	while IFS=: read -r _ controllers _; do
		case ${PEER:-},$controllers, in
		*,,) version2=yes ;;
		*,memory,* | *,pids,* | *,cpu,*) trees+=("$controllers") ;;
		?*,devices, | ?*,freezer, | ?*,blkio, | ?*,cpuacct,) trees+=("$controllers") ;;
		esac
	done </proc/self/cgroup
	[[ -d $top ]] || return 0
	umount -R -l "$top" 2>/dev/null || true
	if ((${#trees[@]} == 0)); then
		[[ ! $version2 ]] || mount -t cgroup2 cgroup2 "$top"
		return
	fi
	mount -t tmpfs -o mode=755 tmpfs "$top"
	for controllers in "${trees[@]}"; do
		mkdir "$top/$controllers"
		mount -t cgroup -o "$controllers" cgroup "$top/$controllers"
	done
	[[ ! $version2 ]] || { mkdir "$top/unified" && mount -t cgroup2 cgroup2 "$top/unified"; }
}

# Takes the program for STEP from FOLDER/programs: "STEP PROGRAM" in each line.
use_step() { # STEP
	local step program
	while read -r step program; do
		[[ $step != "$1" ]] || PROGRAM=$program
	done <programs
	STEP=$1
	NAME=${PROGRAM##*/}
}

# Sleeps without a process, which would be seen.
pause() { # SECONDS
	read -rt "$1" -u "$NEVER" || true
}

# Sets STATE: all that a container could leave. A namespace lives by its processes, by descriptors
# and by mounts; those that could hold one are all in the sandbox, and in here.
look() {
	local IFS=$'\n' file line
	mapfile -t file </proc/self/mountinfo
	STATE="${file[*]/#/mount }"
	file=(/proc/[0-9]*)
	STATE+=$'\n'"${file[*]/#\/proc\//process }"
	mapfile -t file </proc/net/dev
	file=("${file[@]:2}")
	file=("${file[@]%%:*}")
	STATE+=$'\n'"${file[*]/#/link }"
	file=(/sys/fs/cgroup/**/)
	STATE+=$'\n'"${file[*]/#/group }"
	for line in shm sem msg; do
		mapfile -t file <"/proc/sysvipc/$line"
		STATE+=$'\n'"$line ${#file[@]}"
	done
	read -r line </proc/sys/kernel/hostname
	STATE+=$'\n'"hostname $line"
	file=("$WORKER"/* "$WORKER"/{rootfs,share}/**)
	STATE+=$'\n'"${file[*]/#/file }"
}

# Looks until the state is CLEAN again. What has come and what is gone: LEFT.
look_clean() {
	local i end=$((SECONDS + FAULT_PATIENCE))
	LEFT=''
	for ((i = 0; ; i++)); do
		look
		[[ $STATE != "$CLEAN" ]] || return 0
		((i < 20 || SECONDS < end)) || break
		pause "0.0$((i < 20 ? 1 : 5))"
	done
	LEFT=$(diff <(echo "$CLEAN") <(echo "$STATE") | sed -n 's/^[<>]/&/p' | sed 3q | tr '\n' ';') || true
	return 1
}

# How the runtime is started, from the beginning.
run_begin() {
	WRAP=() ARGUMENTS=() IGNORE='^$' MUST_FAIL=''
	scenario "$SCENARIO"
	scenario_clean
}

# One run under inject. Sets ENDED ("exit 42", "signal KILL", or nothing: it hung), REACHED, CONFINED, TROUBLE.
run_once() { # OPTION...
	local word rest
	: >out/report
	./inject -l "$FAULT_LIMIT" "${INJECT[@]}" "$@" out/report "${WRAP[@]}" "${COMMAND[@]}" "${OPTIONS[@]}" \
		${PAYLOAD:+"$PAYLOAD"} "${ARGUMENTS[@]}" </dev/null >out/stdout 2>out/stderr ||
		{ echo "faults: inject failed: $(<out/stderr)" >&2; exit 2; }
	scenario_clean
	ENDED='' REACHED='' CONFINED='' TROUBLE=''
	while read -r word rest; do
		case $word in
		confined) CONFINED+=$rest$'\n' ;;
		reached) REACHED=yes ;;
		exit | signal) ENDED="$word $rest" ;;
		crash | hang | orphan | unkillable) TROUBLE+="$word $rest;" ;;
		esac
	done <out/report
}

# Takes down what a good run looks like: CLEAN before and after it, GOOD inside, its calls in out/good, and USUAL, what
# it says: an older kernel may lack something that the runtime warns of.
use_scenario() { # NAME
	SCENARIO=$1
	run_begin
	run_once
	# The first has made what stays, the parent of all groups; two more must be alike.
	pause 0.3
	look
	CLEAN=$STATE
	run_once
	GOOD=$CONFINED
	if [[ $ENDED != "exit 42" || ! $GOOD || $TROUBLE ]]; then
		echo "faults: step$STEP, $SCENARIO: without a fault: ${ENDED:-no end} $TROUBLE" >&2
		cat out/stderr >&2
		return 1
	fi
	cp out/report out/good
	IFS='' read -rd '' USUAL <out/stderr || true
	look_clean || { echo "faults: step$STEP, $SCENARIO: leaves something without a fault: $LEFT" >&2; return 1; }
	run_once
	[[ $CONFINED == "$GOOD" ]] || {
		echo "faults: step$STEP, $SCENARIO: two runs are not alike:" >&2
		diff <(echo "$GOOD") <(echo "$CONFINED") >&2
		return 1
	}
}

worker_record() {
	local step scenario word role call number
	while read -r step _; do
		use_step "$step"
		for scenario in $(scenarios); do
			use_scenario "$scenario"
			while read -r word role call number; do
				[[ $word != call ]] || echo "$step $scenario $role:$call:$number"
			done <out/good >>points
			environments | sed "s/^/$step $scenario environment /" >>points
		done
	done <programs
}

worker_cases() {
	local step scenario place fault last=''
	while read -r step scenario place fault; do
		if [[ $last != "$step $scenario" ]]; then
			last="$step $scenario"
			use_step "$step"
			use_scenario "$scenario"
		fi
		worker_case "$place" "$fault"
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$step" "$scenario" "$place" "$fault" "$VERDICT" "$DETAIL" >>results
	done <cases
}

# True if tests/faults/accepted lets VERDICT stand: each line of TEXT matches.
is_accepted() { # VERDICT TEXT
	local verdict call errno pattern place=${PLACE#*:}
	place=${place%:*}
	while read -r verdict call errno pattern; do
		# shellcheck disable=SC2053 # a pattern
		[[ $verdict == "$1" && $place == "$call" && ${FAULT#late:} == $errno ]] || continue
		grep -qvE -- "$pattern" <<<"$2" || return 0
	done <"$ACCEPTED"
	return 1
}

verdict() { # WORD TEXT
	VERDICT+=${VERDICT:+,}$1
	DETAIL+="${DETAIL:+ | }$2"
}

# What was said: one line for the error, one for how to mend it. A peer's need no form.
judge_words() {
	local line words=() errors=0 warnings=0 hints=0 others=0
	# No program is started here, nor wherever else each case comes by: on an emulated machine that is what takes time.
	while IFS='' read -r line || [[ $line ]]; do
		# Also without a name, where it was given none.
		[[ $'\n'$USUAL != *$'\n'"$line"$'\n'* && $'\n'$USUAL != *$'\n'"$NAME$line"$'\n'* ]] || continue
		words+=("$line")
		case $line in
		"$NAME: warning: "*) warnings=$((warnings + 1)) ;;
		"$NAME: "*) errors=$((errors + 1)) ;;
		"newuidmap: "* | "newgidmap: "*) ;; # step09's helpers speak for themselves
		"hint: "*) hints=$((hints + 1)) ;;
		*) others=$((others + 1)) ;;
		esac
	done <out/stderr
	[[ ! ${PEER:-} ]] || { errors=$((errors + others)) others=0; }
	SAID=$((errors + others)) WARNED=$warnings
	# A warning is no error: it goes on, without a limit that the host can't set. One for each of three.
	if ((errors <= 1 && warnings <= 3 && hints <= 1 && others == 0)); then
		return
	elif is_accepted long "${words[*]}"; then
		verdict accepted "${words[*]}"
	else
		verdict long "${words[*]}"
	fi
}

# A call has failed. Either the runtime says so and fails, or the command runs, confined as ever.
judge_error() {
	local weaker
	case $ENDED in
	"exit 42")
		if [[ ! $CONFINED ]]; then
			verdict wrong "the command's status without the command"
		elif [[ $MUST_FAIL ]]; then
			verdict wrong "the command ran all the same"
		elif [[ $CONFINED != "$GOOD" ]] && ((WARNED == 0)); then
			# In whatever order: what the child had to try again comes later in a list, and is the same.
			weaker=$(diff <(grep -vE "$IGNORE" <<<"$GOOD" | sort) <(grep -vE "$IGNORE" <<<"$CONFINED" | sort) |
				grep '^[<>]') || true
			if [[ $weaker ]] && is_accepted weaker "$weaker"; then
				verdict accepted "$(sed 3q <<<"$weaker" | tr '\n' ';')"
			elif [[ $weaker ]]; then
				verdict weaker "$(sed 3q <<<"$weaker" | tr '\n' ';')"
			fi
		fi
		;;
	# Nobody hears a failed write, nor one to a standard error that is closed or full.
	"exit 12"[567]) ((SAID > 0)) || [[ $PLACE$FAULT =~ :write:|closed-.*2|stderr-full ]] ||
		verdict silent "$ENDED without a word" ;;
	exit*)
		[[ ${PEER:-} && $ENDED != "exit 0" ]] || verdict wrong "$ENDED"
		;;
	signal*) verdict wrong "$ENDED" ;;
	esac
}

# A signal was sent. It may have ended the runtime, or the command, or come too late for both.
judge_signal() {
	case $ENDED in
	"signal $SENT" | "exit 42" | "exit 137" | "exit 129" | "exit 130" | "exit 143") ;;
	"exit 12"[567]) ((SAID > 0)) || verdict silent "$ENDED without a word" ;;
	*) [[ ${PEER:-} && $ENDED != "exit 0" ]] || verdict wrong "$ENDED after SIG$SENT" ;;
	esac
}

# One fault: ENOENT, late:EIO; KILL to the runtime alone, KILL* to its group.
worker_case() { # PLACE FAULT
	PLACE=$1 FAULT=$2 VERDICT='' DETAIL='' SENT=''
	run_begin
	if [[ $1 == environment ]]; then
		worker_environment "$2"
		return
	fi
	case $2 in
	late:*) run_once -a "$1" -E "${2#late:}" ;;
	E*) run_once -a "$1" -e "$2" ;;
	*\*) SENT=${2%\*} && run_once -a "$1" -K "$SENT" ;;
	*) SENT=$2 && run_once -a "$1" -k "$SENT" ;;
	esac
	[[ $REACHED ]] || { VERDICT=unreached; return 0; }
	judge_run "$SENT"
}

worker_environment() { # NAME
	environment "$1"
	if [[ $SKIP ]]; then
		VERDICT=skipped DETAIL=$SKIP
		environment_end
		return
	fi
	if [[ $1 == traced ]]; then
		run_traced
	else
		run_once
	fi
	environment_end
	judge_run ''
}

# strace(1) in the place of inject, which can't follow it: nobody has two tracers.
run_traced() {
	local status=0
	timeout -k 1 "$FAULT_LIMIT" strace -f -o /dev/null "${AS[@]}" "${COMMAND[@]}" "${OPTIONS[@]}" ${PAYLOAD:+"$PAYLOAD"} \
		</dev/null >out/stdout 2>out/stderr || status=$?
	scenario_clean
	ENDED="exit $status" REACHED=yes CONFINED=$GOOD TROUBLE=''
	((status != 124 && status != 137)) || TROUBLE="hang 0 ?;"
}

# The run that has just ended, and the one after it.
judge_run() { # [SIGNAL]
	local next said
	judge_words
	[[ $TROUBLE != *hang* ]] || verdict hang "$TROUBLE"
	if [[ $TROUBLE == *crash* ]] && is_accepted crash "$TROUBLE"; then
		# With the status that belongs to it.
		verdict accepted "$TROUBLE"
		ENDED="exit 42" CONFINED=$GOOD
	elif [[ $TROUBLE == *crash* ]]; then
		verdict crash "$TROUBLE"
	fi
	[[ $TROUBLE != *orphan* && $TROUBLE != *unkillable* ]] || verdict leak "$TROUBLE"
	if [[ $1 ]]; then judge_signal; else judge_error; fi
	# After SIGKILL nobody is left to tidy up: the next start does.
	[[ $1 == KILL ]] || look_clean || verdict leak "$LEFT"
	next=0
	run_begin
	"${AS[@]}" "${COMMAND[@]}" "${OPTIONS[@]}" ${PAYLOAD:+"$PAYLOAD"} </dev/null >out/stdout 2>out/next || next=$?
	scenario_clean
	IFS='' read -rd '' said <out/next || true
	[[ $next == 42 && $said == "$USUAL" ]] || verdict next "the next run ends with $next: ${said//$'\n'/;}"
	# Who was still ending then, on a busy machine, is left to the one after it (cgroup_sweep).
	if [[ $1 == KILL ]] && ! look_clean; then
		run_begin
		"${AS[@]}" "${COMMAND[@]}" "${OPTIONS[@]}" ${PAYLOAD:+"$PAYLOAD"} </dev/null >out/stdout 2>&1 || true
		scenario_clean
	fi
	look_clean || {
		verdict leak "after the next run: $LEFT"
		# One leak shall be told once.
		look && CLEAN=$STATE
	}
	[[ $VERDICT ]] || VERDICT=fine
	[[ $DETAIL ]] || DETAIL="${ENDED}"
}
