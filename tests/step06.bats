# step06: a network of its own, and the gate between parent and child.

load helper

setup_file() {
	tools=$(cd "$(dirname "$(realpath "$BATS_TEST_FILENAME")")/../tools" && pwd)
	"$tools/doctor" --has veth || skip "this kernel has no veth"
}

links() {
	ip -o link show | sed 's/^[0-9]*: //; s/[@:].*//' | grep '^lad' || true
}

no_links() {
	[[ ! $(links) ]]
}

# Starts the runtime under strace, which stops it at its first netlink message: CTR is the
# runtime, CHILD the container's first process, MARK the file that the command would make.
held_up() {
	MARK=$SHARE/$(token)
	ctr_options --network veth -v "$SHARE:$SHARE"
	ASAN_OPTIONS=$TRACEABLE strace -f -qq -o /dev/null -e trace=sendto -e inject=sendto:signal=SIGSTOP:when=1 \
		"$BIN" run "${OPTIONS[@]}" sh -c "echo ran >'$MARK'" </dev/null >"$BATS_TEST_TMPDIR/held" 2>&1 3>&- 4>&- &
	TRACER=$!
	STARTED+=("$TRACER")
	stopped() {
		CTR=$(pgrep -P "$TRACER" -x "$NAME") && CHILD=$(pgrep -P "$CTR") && grep -q '^State:.*stop' "/proc/$CTR/status"
	}
	eventually stopped
	STARTED+=("$CTR" "$CHILD")
}

# bats test_tags=step:06,points:15
@test "inside there is only lo, and it is up" {
	run ctr sh -c 'ls /sys/class/net; ping -c 1 -w 5 127.0.0.1 >/dev/null && echo answers'
	assert_success
	assert_output $'lo\nanswers'
	run ctr ip -o addr
	assert_line --partial "127.0.0.1/8"
	refute_output --partial eth0
	run ctr ip route
	assert_output ''
	ctr_start sh -c 'readlink /proc/self/ns/net; sleep 30'
	ctr_printed 'net:'
	assert_not_equal "$(<"$OUT")" "$(readlink /proc/self/ns/net)"
	assert_equal "$(readlink "/proc/$(ctr_child "$CTR")/ns/net")" "$(<"$OUT")"
}

# bats test_tags=step:06,points:10
@test "services on the host's loopback and its abstract sockets are out of reach" {
	local port=$((RANDOM % 20000 + 20000)) name
	name=$(token)
	"$ROOTFS/payloads/reach" tcp "$port" listen >"$BATS_TEST_TMPDIR/tcp" 3>&- 4>&- &
	STARTED+=("$!")
	"$ROOTFS/payloads/reach" abstract "$name" listen >"$BATS_TEST_TMPDIR/abstract" 3>&- 4>&- &
	STARTED+=("$!")
	eventually grep -q ready "$BATS_TEST_TMPDIR/tcp"
	eventually grep -q ready "$BATS_TEST_TMPDIR/abstract"
	run ctr "$(payload reach)" tcp "$port"
	assert_output refused
	run ctr "$(payload reach)" abstract "$name"
	assert_output refused
	# The host itself reaches both: they were there all the time.
	run "$ROOTFS/payloads/reach" tcp "$port"
	assert_output reached
	run "$ROOTFS/payloads/reach" abstract "$name"
	assert_output reached
}

# bats test_tags=step:06,points:5
@test "a port that is bound on the host is free inside" {
	local port=$((RANDOM % 20000 + 20000))
	"$ROOTFS/payloads/reach" tcp "$port" listen >"$BATS_TEST_TMPDIR/tcp" 3>&- 4>&- &
	STARTED+=("$!")
	eventually grep -q ready "$BATS_TEST_TMPDIR/tcp"
	ctr_start "$(payload reach)" tcp "$port" listen
	ctr_printed '^(ready|taken)'
	assert_equal "$(<"$OUT")" ready
	run "$ROOTFS/payloads/reach" tcp "$port" listen
	assert_output taken
}

# bats test_tags=step:06,points:5
@test "no packet of the host's can be seen inside" {
	ctr_start "$(payload reach)" packets
	ctr_printed ready
	ping -c 5 -i 0.2 127.0.0.1 >/dev/null
	ctr_wait
	assert_equal "$(tail -n 1 "$OUT")" "saw 0"
	# The same act on the host sees them.
	"$ROOTFS/payloads/reach" packets >"$BATS_TEST_TMPDIR/host" 3>&- 4>&- &
	eventually grep -q ready "$BATS_TEST_TMPDIR/host"
	ping -c 5 -i 0.2 127.0.0.1 >/dev/null
	wait $!
	refute grep -q 'saw 0' "$BATS_TEST_TMPDIR/host"
}

# bats test_tags=step:06,points:15
@test "--network veth: the container pings the host and is pinged, and the link goes with it" {
	local address
	ctr_start --network veth sh -c \
		'ip -4 -o addr show dev eth0 | sed "s/.*inet \([0-9.]*\).*/address \1/"
		 gate=$(ip route | sed -n "s/^default via \([^ ]*\).*/\1/p"); ping -c 1 -w 5 "$gate" >/dev/null && echo "pings $gate"; sleep 30'
	ctr_printed '^pings 10\.'
	address=$(sed -n 's/^address //p' "$OUT")
	ping -c 1 -w 5 "$address" >/dev/null
	refute no_links
	kill -KILL "$(ctr_child "$CTR")"
	ctr_wait
	eventually no_links
	run ping -c 1 -w 1 "$address"
	assert_failure
}

# bats test_tags=step:06,points:10
@test "sixteen containers at once have sixteen addresses, and each reaches the host" {
	local i pids=()
	for ((i = 0; i < 16; i++)); do
		ctr --network veth --subnet 10.99.0.0/24 sh -c \
			'ip -4 -o addr show dev eth0 | sed "s/.*inet \([0-9.]*\).*/\1/"
			 ping -c 1 -w 10 $(ip route | sed -n "s/^default via \([^ ]*\).*/\1/p") >/dev/null && echo reached; sleep 2' \
			>"$BATS_TEST_TMPDIR/$i" &
		pids+=("$!")
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/[0-9]* | grep -c '^10\.99\.0\.')" 16
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/[0-9]* | grep '^10' | sort -u | wc -l)" 16
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/[0-9]* | grep -c reached)" 16
	eventually no_links
}

# bats test_tags=step:06,points:5
@test "subnets that overlap: no network is given to two containers" {
	local subnet address
	for subnet in 10.97.0.0/30 10.97.0.4/30 10.97.0.0/28 10.97.0.0/28; do
		ctr_start --network veth --subnet "$subnet" sh -c \
			'ip -4 -o addr show dev eth0 | sed "s/.*inet \([0-9.]*\).*/address \1/"; sleep 30'
		ctr_printed '^address'
		cat "$OUT" >>"$BATS_TEST_TMPDIR/addresses"
	done
	run sort -u "$BATS_TEST_TMPDIR/addresses"
	assert_output $'address 10.97.0.10\naddress 10.97.0.14\naddress 10.97.0.2\naddress 10.97.0.6'
	for address in 10.97.0.10 10.97.0.14 10.97.0.2 10.97.0.6; do
		ping -c 1 -w 5 "$address" >/dev/null
	done
	# Now it is full.
	run ctr --network veth --subnet 10.97.0.0/28 true
	assert_refused "make the veth pair .*: File exists"
}

# bats test_tags=step:06,points:5
@test "a VPN's two halves of the Internet are a default route, and no reason to refuse" {
	ip route add 0.0.0.0/1 dev lo
	ip route add 128.0.0.0/1 dev lo
	run ctr --network veth sh -c 'ping -c 1 -w 5 $(ip route | sed -n "s/^default via \([^ ]*\).*/\1/p") >/dev/null && echo reached'
	ip route del 0.0.0.0/1 dev lo
	ip route del 128.0.0.0/1 dev lo
	assert_success
	assert_output reached
}

# bats test_tags=step:06,points:5
@test "--network host is the host's network, and none is the default" {
	run ctr --network host readlink /proc/self/ns/net
	assert_output "$(readlink /proc/self/ns/net)"
	run ctr --network none readlink /proc/self/ns/net
	assert_success
	refute_output "$(readlink /proc/self/ns/net)"
}

# bats test_tags=step:06,points:10
@test "a runtime that is killed before the gate opens: the command never runs" {
	held_up
	kill -KILL "$CTR"
	eventually ended "$CHILD"
	refute [ -e "$MARK" ]
	eventually no_links
}

# bats test_tags=step:06,points:5
@test "a child that is killed before the gate opens: the runtime says so and cleans up" {
	held_up
	kill -KILL "$CHILD"
	kill -CONT "$CTR"
	status=0
	wait "$TRACER" || status=$?
	# Not 141, which would be a SIGPIPE, and nothing cleaned up.
	assert [ "$status" -eq 137 -o "$status" -eq 125 ]
	refute [ -e "$MARK" ]
	eventually no_links
}

# bats test_tags=step:06,points:5
@test "a byte that gets lost on the way: one line, 125, and the command never runs" {
	local mark which=1
	mark=$SHARE/$(token)
	ctr_options -v "$SHARE:$SHARE"
	# The two maps of step09 are written before.
	! has_step 09 || which=3
	# Only in the parent: without -f the child is not traced.
	ASAN_OPTIONS=$TRACEABLE run timeout 20 strace -qq -o /dev/null -e inject=write:error=EIO:when="$which" \
		"$BIN" run --memory max --pids-limit max "${OPTIONS[@]}" sh -c "echo ran >'$mark'"
	refute [ -e "$mark" ]
	assert_refused "let the child go on: Input/output error"
}

# bats test_tags=step:06,points:5
@test "a subnet that is none, or that the host has a route into, is refused in one line" {
	local bad mark="$SHARE/mark.$STEP"
	for bad in x 10.0.0.0 10.0.0.0/ 10.0.0.0/7 10.0.0.0/31 10.0.0.0/x 10.0.0.1/24 10.0.0/24 300.0.0.0/8 '' /24 \
		0.0.0.0/8 127.0.0.0/8 224.0.0.0/8 255.0.0.0/16; do
		run ctr --network veth "--subnet=$bad" -v "$SHARE:$SHARE" touch "$mark"
		assert_refused "--subnet '$bad'"
	done
	ip route add 10.98.4.0/22 dev lo
	run ctr --network veth --subnet 10.98.0.0/16 -v "$SHARE:$SHARE" touch "$mark"
	ip route del 10.98.4.0/22 dev lo
	assert_refused "--subnet"
	run ctr --network bridge touch "$mark"
	assert_refused "--network 'bridge'"
	refute [ -e "$mark" ]
}
