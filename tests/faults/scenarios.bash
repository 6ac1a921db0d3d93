# scenarios.bash - for tests/faults/worker.bash: how a container is started, step by step.
#
#   scenarios              their names, for the step at hand
#   scenario NAME          fills OPTIONS (the program's) and INJECT (inject's)
#   scenario_clean         removes what a run may have made on purpose: a mount point for a volume
#
# "plain" is what a user types first; "full" has every option that makes system calls, and a terminal;
# "user", from step09 on, is plain without sudo. PEER=crun or bwrap: another runtime, as near to plain as it comes.

# shellcheck shell=bash disable=SC2034 # worker.bash reads what is set here
has_step() { # NN
	[[ ! $STEP < $1 ]]
}

scenarios() {
	echo plain
	[[ ! ${PEER:-} ]] || return 0
	echo full
	has_step 09 && echo user
	return 0
}

scenario() { # NAME
	OPTIONS=() INJECT=() AS=()
	if [[ ${PEER:-} ]]; then
		"peer_$PEER"
		return
	fi
	COMMAND=("$PROGRAM" run)
	PAYLOAD=$WORKER/rootfs/payloads/payload
	# What PID 1 does not take is not waited for.
	has_step 03 && OPTIONS+=(--stop-timeout 1)
	has_step 04 && PAYLOAD=/payloads/payload
	case $1 in
	full) scenario_full ;;
	user)
		INJECT+=(-u 65534) AS=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		# Who has no control group of his own can't have limits, and is told so.
		OPTIONS+=(-m max --pids-limit max)
		;;&
	*) has_step 04 && OPTIONS+=(--rootfs "$ROOT") ;;
	esac
	return 0
}

scenario_full() {
	INJECT+=(-t)
	OPTIONS+=(-e A=1 -e "B=two words" -e HOME)
	has_step 02 && OPTIONS+=(--hostname faults)
	has_step 03 && OPTIONS+=(--init)
	has_step 04 && OPTIONS+=(-v "$WORKER/share/source:/mnt/made/here" -w /tmp --read-only
		-v "$WORKER/share/read-only:/mnt:ro")
	has_step 05 && OPTIONS+=(-m 50M --pids-limit 20 --cpus 0.5)
	has_step 06 && OPTIONS+=(--network veth)
	has_step 08 && OPTIONS+=(--cap-drop ALL --cap-add CHOWN)
	if has_step 07; then
		OPTIONS+=(--layer "$WORKER/share/layer" --layer "$ROOT" --upper "$WORKER/share/upper")
	elif has_step 04; then
		OPTIONS+=(--rootfs "$ROOT")
	fi
	return 0
}

scenario_clean() {
	local made
	for made in "$WORKER"/{rootfs,full}/mnt/made "$WORKER"/share/upper/{upper,work}; do
		[[ ! -e $made ]] || rm -r "$made"
	done
}

peer_bwrap() {
	# It makes no promise to open what is closed.
	IGNORE='^(open [012]|environment _=)'
	COMMAND=(bwrap --unshare-all --die-with-parent --bind "$WORKER/rootfs" / --proc /proc --dev /dev)
	PAYLOAD=/payloads/payload
}

# Its state and its bundle are in the sandbox too. Each run has a name of its own, as callers give it: one that was
# killed keeps its name until somebody deletes it.
SERIAL=0
peer_crun() {
	local bundle=$WORKER/bundle
	if [[ ! -d $bundle ]]; then
		mkdir "$bundle"
		(cd "$bundle" && crun spec)
		sed -i -e 's|"path": "rootfs"|"path": "'"$WORKER"'/rootfs"|' -e 's|"terminal": true|"terminal": false|' \
			-e 's|"sh"|"/payloads/payload"|' "$bundle/config.json"
	fi
	COMMAND=(crun --root "$WORKER/crun" --cgroup-manager cgroupfs run --bundle "$bundle" "faults-$((++SERIAL))")
	PAYLOAD=''
}
