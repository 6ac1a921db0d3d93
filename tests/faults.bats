# What fails on the way into a container, or interrupts it: a sample of the campaign, and that the campaign finds.

load helper

# Of a sanitizer build's system calls half are the sanitizers', and what they do when one fails is not the matter here.
needs_plain_build() {
	if grep -q __asan_init "$BIN"; then
		skip "a sanitizer build"
	fi
}

# The campaign is long, and only a part of it is for every day: other steps and places each time.
@test "a sample of faults leaves nothing, hangs nowhere and is told in one line" {
	needs_plain_build
	local seed=${FAULTS_SEED:-$RANDOM$RANDOM} steps
	# shellcheck disable=SC2207
	steps=($(sed -n 's/^\(0[1-9]\) .*/\1/p' "$LADDER/tools/steps" | head -n -1 |
		awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand(), $1 }' | sort | sed -n '1,2s/.* //p'))
	echo "# faults: steps ${steps[*]} $NEWEST, FAULTS_SEED=$seed" >&3
	run timeout 300 "$LADDER/tools/faults" --state "$PWD/state" --jobs 2 --sample 60 --seed "$seed" "${steps[@]}" "$NEWEST" 3>&-
	assert_success
}

# Step06 with six mistakes in it, each where only a fault leads.
wrong_version() {
	cp -r "$LADDER/common" .
	cp -r "$LADDER"/step06-* .
	cd step06-* || return
	sed -i '/^	gate_close(c);$/d' container.c
	sed -i 's/^	if (cgroup_remove(c) == -1)$/	if (status != EXIT_RUNTIME \&\& cgroup_remove(c) == -1)/' container.c
	sed -i 's/^	cgroup_sweep(/	if (c->cgroup_count > 9)\n		cgroup_sweep(/' cgroup.c
	sed -i 's/while (routes && !taken/while (!taken/' net.c
	sed -i 's/^	if (mask_paths(c) == -1)$/	if (mask_paths(c) == -2)/' container.c
	sed -i 's/^		return fail("set hostname/		return fail("hostname"), fail("set hostname/' uts.c
	make -s WERROR=1
}

@test "the campaign finds a hang, a leak, a crash, a weaker container and a flood of words" {
	local where
	where=$(wrong_version && echo "$PWD/step06")
	# That it hangs is to be found here, not for how long.
	export FAULT_LIMIT=4
	run timeout 300 "$LADDER/tools/faults" --state "$PWD/state" --jobs 4 --program "$where" 06 --match \
		'(full 0:sendto:1 ENOBUFS|plain 1:pivot_root:1 EPERM|full 0:openat:[4-8] EMFILE|plain 1:openat2:20 EMFILE|plain 1:sethostname:1 EPERM|plain 1:pivot_root:1 KILL)$'
	assert_failure 1
	assert_line --regexp $'\t0:sendto:1\tENOBUFS\t[a-z,]*hang'
	assert_line --regexp $'\t1:pivot_root:1\tEPERM\t[a-z,]*leak'
	assert_line --regexp $'\t1:pivot_root:1\tKILL\t[a-z,]*leak'
	assert_line --regexp $'\t0:openat:[0-9]*\tEMFILE\t[a-z,]*crash'
	assert_line --regexp $'\t1:openat2:[0-9]*\tEMFILE\t[a-z,]*weaker'
	assert_line --regexp $'\t1:sethostname:1\tEPERM\t[a-z,]*long'
	# What was found once is known the next time, and counts again.
	run timeout 300 "$LADDER/tools/faults" --state "$PWD/state" --jobs 2 --program "$where" 06 \
		--match 'plain 1:sethostname:1 EPERM$'
	assert_failure 1
	assert_line 'faults: 1 of 1 cases are done already'
}

# Names of the calls in strace's file for one process, up to the one that starts the command.
traced_calls() { # FILE
	sed -n -e '/^[+-]/d' -e 's/(.*//' -e p "$1"
}

@test "the campaign counts the same system calls as strace" {
	needs_plain_build
	local files role
	echo '#include <sys/syscall.h>' | "${CC:-cc}" -E -dM - |
		sed -n 's/^#define __NR_\([a-z0-9_]*\) [0-9(].*/[__NR_\1] = "\1",/p' >calls.h
	"${CC:-cc}" -O1 -D_GNU_SOURCE -I. -o inject "$LADDER/tests/faults/inject.c"
	ctr_options --init
	strace -ff -o strace "$BIN" run "${OPTIONS[@]}" true
	./inject -n true report "$BIN" run "${OPTIONS[@]}" true
	assert_equal "$(tail -n 1 report)" 'exit 0'
	files=(strace.*)
	assert_equal "${#files[@]}" 3
	for role in 0 1 2; do
		awk -v role="$role" '$1 == "call" && $2 == role { print $3 }' report >counted
		# How many groups of others the runtime looks at, and how often it is woken, differs: which calls, not
		# how many. Its own execve(2) comes before it is counted.
		traced_calls "${files[role]}" >traced
		case $role in
		0)
			sed -i 1d traced
			sort -u -o traced traced
			sort -u -o counted counted
			;;
		2) sed -i '/^execve$/q' traced ;;
		esac
		run diff traced counted
		assert_output ''
		assert [ -s counted ]
	done
}
