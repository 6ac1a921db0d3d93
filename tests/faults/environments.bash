# environments.bash - for tests/faults/worker.bash: hosts and callers where a container is hard to start.
#
#   environments        a NAME for each that fits the step at hand
#   environment NAME    sets WRAP, the command that starts the runtime there; ARGUMENTS, the payload's; ROOT, its
#                       root; IGNORE, a pattern for how it is confined in another way there, by right;
#                       MUST_FAIL, where it can't run; SKIP, why there is no such environment here
#   environment_end     undoes what has to be undone

# shellcheck shell=bash disable=SC2034 # worker.bash reads what is set here

environments() {
	local what
	for what in 0 1 2 01 02 12 012; do echo "closed-$what"; done
	for what in {3..24} 32; do echo "descriptors-$what"; done
	for what in 200 400 600 800 1000 1200 1600 2000 3000 4000; do echo "address-space-$what"; done
	printf '%s\n' file-size-0 stack-64 stdout-full stderr-full umask-777 no-proc no-dev working-directory-gone
	printf '%s\n' many-arguments many-variables many-options long-argument long-command empty-name
	printf '%s\n' ignored-CHLD ignored-PIPE ignored-all blocked-all subreaper traced
	[[ ! ${PEER:-} ]] || return 0
	has_step 02 && echo namespaces-exhausted-uts
	has_step 03 && printf 'namespaces-exhausted-%s\n' pid ipc
	has_step 04 && printf '%s\n' namespaces-exhausted-mnt root-read-only disk-full many-volumes
	has_step 05 && printf '%s\n' namespaces-exhausted-cgroup no-cgroups cgroups-read-only processes-exhausted \
		descendants-exhausted
	has_step 06 && echo namespaces-exhausted-net
	has_step 09 && echo namespaces-exhausted-user
	return 0
}

# A shell that becomes the runtime.
wrap() { # SCRIPT
	WRAP=(bash -c "$1"$'\nexec "$@"' wrap)
}

# The same, where only root can make it so; an ordinary user's runtime gives that up afterwards.
wrap_as_root() { # SCRIPT
	wrap "$1"
	WRAP+=("${AS[@]}")
	((${#AS[@]} == 0)) || INJECT=()
}

# The same with mounts of its own: ours stay as they are.
wrap_mounts() { # SCRIPT
	has_step 04 || IGNORE='^(namespace mnt|mount)'
	wrap_as_root "set -e; $1"
	WRAP=(unshare --mount "${WRAP[@]}")
}

environment() { # NAME
	local argument=${1##*-} closing='' i
	WRAP=() ARGUMENTS=() IGNORE='^$' SKIP='' MUST_FAIL=''
	case $1 in
	closed-*)
		for ((i = 0; i < ${#argument}; i++)); do closing+=" ${argument:i:1}>&-"; done
		wrap "exec$closing"
		;;
	descriptors-*) wrap "ulimit -n $argument" ;;
	address-space-*)
		wrap "ulimit -v $argument"
		# Less than it takes to execute the program at all is not ours.
		{ "${WRAP[@]}" "$PROGRAM" --version; } >/dev/null 2>&1 || SKIP='too little to execute the program'
		;;
	file-size-0) WRAP=(prlimit --fsize=0 --) ;;
	stack-64) wrap 'ulimit -s 64' ;;
	stdout-full) wrap 'exec >/dev/full' ;;
	stderr-full) wrap 'exec 2>/dev/full' ;;
	umask-777) wrap 'umask 777' ;;
	no-proc) wrap_mounts 'umount -R -l /proc' ;;
	no-dev) wrap_mounts 'mount -t tmpfs tmpfs /dev' ;;
	no-cgroups) wrap_mounts 'umount -R -l /sys/fs/cgroup' && IGNORE+='|^limit' ;;
	cgroups-read-only)
		wrap_mounts 'for tree in /sys/fs/cgroup/ /sys/fs/cgroup/*/; do
			! mountpoint -q "$tree" || mount -o remount,bind,ro "$tree"
		done'
		IGNORE+='|^limit'
		;;
	root-read-only)
		wrap_mounts "mount --bind $WORKER/rootfs $WORKER/rootfs; mount -o remount,bind,ro $WORKER/rootfs"
		IGNORE+='|^mount .* / r[ow],'
		;;
	disk-full) ROOT=$WORKER/full && IGNORE+='|^mount .* / r[ow],' ;;
	working-directory-gone)
		wrap_as_root 'mkdir out/gone; cd out/gone; rmdir ../gone'
		has_step 04 || IGNORE='^cwd'
		;;
	many-arguments) mapfile -t ARGUMENTS < <(seq 1 100000) ;;
	many-variables) wrap 'for ((i = 0; i < 20000; i++)); do export "V$i=a variable of the caller"; done' ;;
	many-options) for ((i = 0; i < 5000; i++)); do OPTIONS+=(-e "V$i=$i"); done && IGNORE='^environment V' ;;
	many-volumes)
		for ((i = 0; i < 1100; i++)); do OPTIONS+=(-v "$WORKER/share:/mnt"); done
		IGNORE='^mount .*/share /mnt '
		;;
	long-argument) printf -v closing '%131000s' '' && ARGUMENTS=("$closing") ;;
	long-command) printf -v PAYLOAD '%131000s' '' && MUST_FAIL=yes ;;
	empty-name) wrap 'name=$1; shift; exec -a "" "$name" "$@"' ;;
	ignored-CHLD) WRAP=(env --ignore-signal=CHLD) ;;
	ignored-PIPE) WRAP=(env --ignore-signal=PIPE) && IGNORE='^SigIgn' ;;
	ignored-all) WRAP=(env --ignore-signal) && IGNORE='^SigIgn' ;;
	blocked-all) WRAP=(env --block-signal) && IGNORE='^SigBlk' ;;
	subreaper) INJECT+=(-r) ;;
	traced) command -v strace >/dev/null || SKIP='no strace' ;;
	processes-exhausted)
		MUST_FAIL=yes
		environment_group pids
		wrap_as_root 'echo 0 >'"$GROUP"'/cgroup.procs; echo 1 >'"$GROUP"'/pids.max'
		# By CLONE_INTO_CGROUP it is another group's process.
		[[ $GROUP != /sys/fs/cgroup/few ]] || MUST_FAIL=''
		;;
	descendants-exhausted)
		# The limit of the tree's own top is out of reach where it is mounted with nsdelegate: cgroups(7).
		if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
			mkdir -p /sys/fs/cgroup/container-ladder
			echo 0 >/sys/fs/cgroup/container-ladder/cgroup.max.descendants
		else
			SKIP='version 1 has no such limit'
		fi
		IGNORE+='|^limit'
		;;
	namespaces-exhausted-*) environment_namespaces "$argument" ;;
	*) echo "faults: no environment $1" >&2; return 1 ;;
	esac
}

# GROUP: a group to put the runtime in, where CONTROLLER is.
environment_group() { # CONTROLLER
	GROUP=/sys/fs/cgroup/few
	local tree
	for tree in /sys/fs/cgroup/*/; do
		[[ ,$(basename "$tree"), != *",$1,"* ]] || GROUP=${tree}few
	done
	mkdir "$GROUP" || SKIP="no control group for $1"
	[[ -e $GROUP/pids.max ]] || SKIP="no control group for $1"
}

# Limits on namespaces are counted in each user namespace: in one of its own, so that the machine's stay.
environment_namespaces() { # KIND
	local name=$1
	MUST_FAIL=yes
	WRAP=(unshare --user --map-root-user --mount bash -e -c)
	"${WRAP[@]}" 'exec "$@"' wrap "${COMMAND[@]}" "${OPTIONS[@]}" "$PAYLOAD" >/dev/null 2>&1 || (($? == 42)) ||
		SKIP='no container in a user namespace here, with or without a limit'
	WRAP+=("echo 0 >/proc/sys/user/max_${name}_namespaces"$'\nexec "$@"' wrap)
}

environment_end() {
	ROOT=$WORKER/rootfs
	local limit=/sys/fs/cgroup/container-ladder/cgroup.max.descendants
	if [[ -e $limit ]]; then echo max >"$limit"; fi
	[[ ! ${GROUP:-} ]] || rmdir "$GROUP" 2>/dev/null || true
	GROUP=''
}
