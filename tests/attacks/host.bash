# host.bash - the mock host that tools/attacks attacks: what it has to lose, and who watches.
#
#   mock_begin              inside tests/sandbox: devices, a link, files, and the victim
#   witness NAME VERDICT TEXT
#                           whether the host's side saw it; puts back what was changed
#   mock_end
#
# Everything is below $MOCK, in an own /dev, in System V and network namespaces: a door that is
# open leads to none of the machine's things. Sets FACTS, what a probe is told, and SECRET.

# shellcheck shell=bash

# A /dev of its own: nodes and shared memory that a probe makes there are not the machine's.
mock_devices() {
	local name number nodes=$MOCK/nodes
	mkdir "$nodes"
	for name in null zero full random urandom tty kmsg; do
		cp -a "/dev/$name" "$nodes/"
	done
	# The first disk that can be opened at all; or else a loop device, which stands for one.
	for name in $(awk 'NR > 2 { print $4 }' /proc/partitions) loop0 ram0 zram0; do
		if [[ -b /dev/$name ]] && (: <"/dev/$name") 2>/dev/null; then
			cp -a "/dev/$name" "$nodes/"
			number=$(stat -c '0x%t 0x%T' "/dev/$name")
			FACTS+=("disk=/dev/$name" "disk_major=${number% *}" "disk_minor=${number#* }")
			break
		fi
	done
	ln -s /proc/self/fd "$nodes/fd"
	ln -s pts/ptmx "$nodes/ptmx"
	mkdir "$nodes/pts" "$nodes/shm"
	mount -t tmpfs -o mode=755,size=1m mock /dev
	cp -a "$nodes/." /dev
	mount -t devpts -o newinstance,ptmxmode=0666 mock /dev/pts
	mount -t tmpfs -o mode=1777,size=1m mock /dev/shm
}

mock_files() {
	mkdir "$MOCK/outside" "$MOCK/upper" "$MOCK/uplink" "$MOCK/share" "$MOCK/share/on"
	ln -s "$MOCK/outside" "$MOCK/uplink/upper"
	chmod 1777 "$MOCK/share" "$MOCK/share/on"
	(umask 077 && echo "$SECRET" >"$MOCK/secret")
	FACTS+=("secret=$MOCK/secret" "share=$MOCK/share")
	# Not every file system has handles.
	FACTS+=("handle=$("$PARTS/launch" handle "$MOCK/secret" 2>/dev/null || true)")
}

mock_begin() {
	SECRET=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
	MOCK_NAME=$(hostname)
	FACTS=("memory=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)" "group=4242" "link=canary0")
	# TMPDIR may be a tmpfs that refuses what most disks allow.
	mount -o remount,bind,suid,dev,exec "$TMPDIR"
	mock_devices
	mock_files
	ip link add canary0 type veth peer name canary1 2>/dev/null || FACTS=("${FACTS[@]/link=canary0/link=}")
	# A tree of version 1; best one in which a container with limits has no group of its own.
	local tree
	tree=$(awk '$3 == "cgroup" { print $4 }' /proc/mounts | tr , '\n' |
		awk '/^(freezer|devices|cpuset|net_cls|perf_event)$/ { print 1, $0 } /^(memory|pids|cpu)$/ { print 2, $0 }' |
		sort | sed -n '1s/.* //p')
	FACTS+=("tree=$tree")

	CANARY=$SECRET "$PARTS/victim" "$MOCK" >"$MOCK/victim.facts" 2>"$MOCK/victim.errors" 9>&- &
	VICTIM=$!
	local i
	for ((i = 0; i < 100; i++)); do
		! grep -sqx ready "$MOCK/victim.facts" || break
		sleep 0.05
	done
	grep -qx ready "$MOCK/victim.facts" || { cat "$MOCK/victim.errors" >&2; return 1; }
	local line
	while read -r line; do
		[[ $line == ready ]] || FACTS+=("$line")
	done <"$MOCK/victim.facts"
}

mock_end() {
	kill "$VICTIM"
	wait "$VICTIM"
}

# Waits a moment for FILE to appear, takes it away, and says whether it was there.
appeared() { # FILE
	local i
	for ((i = 0; i < 10; i++)); do
		[[ ! -e $1 ]] || { rm -f "$1"; return 0; }
		[[ $VERDICT == open ]] || return 1
		sleep 0.03
	done
	return 1
}

# The witnesses. A probe's VERDICT and TEXT are what it says; they are true if the host's side says so too.
witness_secret() { [[ $TEXT == *"$SECRET"* ]]; }
witness_file() { appeared "$MOCK/witness"; }
witness_signal() { appeared "$MOCK/signalled"; }
witness_hostname() {
	[[ $(hostname) != "$MOCK_NAME" ]] || return 1
	hostname "$MOCK_NAME"
}
witness_mount() {
	local places place
	mapfile -t places < <(awk '$1 == "canary" { print $2 }' /proc/mounts)
	((${#places[@]})) || return 1
	# Where it is shared, one goes with another.
	for place in "${places[@]}"; do
		umount "$place" 2>/dev/null || true
	done
}
# Something was made there, or the directory given to somebody else.
witness_outside() {
	[[ $(ls -A "$MOCK/outside") || $(stat -c %u "$MOCK/outside") != 0 ]] || return 1
	rm -rf "${MOCK:?}/outside"
	mkdir "$MOCK/outside"
}
witness_poison() {
	[[ -e $ROOTFS/etc/canary ]] || return 1
	rm "$ROOTFS/etc/canary"
}
# By an ordinary user of the host, who needs a way to it.
suid_roots() { # FILE...
	local file found=1
	for file; do
		[[ $(setpriv --reuid=65534 --regid=65534 --clear-groups stat -c %u-%a "$file" 2>/dev/null) != 0-4755 ]] || found=0
		rm -f "$file"
	done
	return "$found"
}
witness_suid() { suid_roots "$ROOTFS/usr/canary" "$LAYER/usr/canary"; }
witness_upper-suid() { suid_roots "$ROOTFS/usr/canary" "$MOCK/upper/upper/usr/canary"; }
witness_volume-suid() { suid_roots "$MOCK/share/canary"; }
witness_peer() {
	[[ -e $MOCK/peer && $(<"$MOCK/peer") == 0 ]] || { rm -f "$MOCK/peer"; return 1; }
	rm -f "$MOCK/peer"
}

witness() { # NAME: sets VERDICT and TEXT anew
	if "witness_$1"; then
		VERDICT=open
	elif [[ $VERDICT == open ]]; then
		VERDICT=closed TEXT='it goes through, and does not reach the host'
	fi
}
