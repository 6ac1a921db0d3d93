# Job control and the terminal: to the shell outside, the runtime is what the command would be.
#
# A real interactive bash in a terminal of tmux's. What can be read off /proc is asserted there.
# shellcheck disable=SC2016 # what is typed is for the shell in the terminal to expand

load helper

# ---- the terminal

tm() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@" \
		3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# terminal [OPTION...]: a terminal with a shell, in which `run` stands for this step's with OPTIONS.
# Without line editing the shell leaves the terminal's modes alone, so what a container leaves shows.
terminal() {
	ctr_options "$@" || return
	cat >"$BATS_TEST_TMPDIR/rc" <<-RC
		PS1='outside> ' HISTFILE=
		ulimit -c 0
		alias run='$BIN run ${OPTIONS[*]}'
		export RUN='$BIN run ${OPTIONS[*]}'
	RC
	tm new-session -d -x 80 -y 24 "exec env -i PATH='$PATH' HOME=/ TERM=screen LC_ALL=C \
		bash --noprofile --rcfile '$BATS_TEST_TMPDIR/rc' --noediting -i" \; set-option -g status off
	SHELL_PID=$(tm display-message -p '#{pane_pid}')
	TTY=$(tm display-message -p '#{pane_tty}')
	shows '^outside> $'
	MODES=$(stty -g -F "$TTY")
}

after_test() {
	local pid
	# A container may ignore that its terminal goes away.
	[[ ${TTY:-} ]] || return 0
	for pid in $(ps -o pid= -t "${TTY#/dev/}"); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	tm kill-server 2>/dev/null || true
}

enter() { # LINE
	tm send-keys -l -- "$1"
	tm send-keys Enter
}

press() { # KEY...
	tm send-keys "$@"
}

# The screen and what has scrolled off it; a line is one line, however wide.
screen() {
	tm capture-pane -p -J -S - | sed 's/ *$//; s/outside>$/outside> /'
}

on_screen() {
	screen | grep -qE -- "$1"
}

shows() { # REGEX
	eventually on_screen "$1" || { echo "no '$1' on:"; screen; return 1; }
}

# ---- who is who

# Waits for the runtime, the newest child of the shell's (or of PID) that runs $BIN, and for the
# container's first process to have become COMMAND. Sets RUNTIME and FIRST.
running() { # COMMAND [PID]
	eventually is_running "$@" || { echo "no container that runs $1 on:"; screen; return 1; }
}

is_running() { # COMMAND [PID]
	local pid parent=${2:-$SHELL_PID}
	RUNTIME=''
	for pid in $(<"/proc/$parent/task/$parent/children"); do
		[[ ! /proc/$pid/exe -ef $BIN ]] || RUNTIME=$pid
	done
	[[ $RUNTIME ]] || return
	FIRST=$(tr -d ' ' <"/proc/$RUNTIME/task/$RUNTIME/children")
	[[ $FIRST && $(<"/proc/$FIRST/comm") == "$1" ]]
} 2>/dev/null

stat_of() { # PID FIELD, as proc(5) counts them, from 3
	local fields
	read -ra fields < <(sed 's/.*) //' "/proc/$1/stat")
	echo "${fields[$2 - 3]}"
}

stopped() { # PID...
	local pid
	for pid; do
		[[ $(stat_of "$pid" 3) == T ]] || return
	done
}

# Everybody in the terminal but its shell is stopped, and there are COUNT of them.
all_stopped() { # COUNT
	local pids
	mapfile -t pids < <(ps -o pid= -t "${TTY#/dev/}" | tr -d ' ' | grep -vx "$SHELL_PID")
	((${#pids[@]} == $1)) && stopped "${pids[@]}"
}

# What is typed sooner the shell may throw away, when a Ctrl-C ended the command. The terminal's
# echo of a Ctrl-Z may come late, behind the prompt.
shell_has_prompt() {
	[[ $(stat_of "$SHELL_PID" 8) == "$SHELL_PID" ]] &&
		screen | grep . | tail -n 1 | grep -qE 'outside> (\^.)?$'
}

# The shell outside has its prompt and its terminal, the modes as they were, and reads what we type.
shell_answers() {
	local word
	word=$(token)
	at_prompt
	eventually modes_are_back || { stty -a -F "$TTY"; return 1; }
	enter "echo \$((6 * 7))-$word"
	shows "42-$word$"
}

at_prompt() {
	eventually shell_has_prompt || { echo "the shell does not have the terminal:"; screen; return 1; }
}

modes_are_back() {
	[[ $(stty -g -F "$TTY") == "$MODES" ]]
}

shell_saw_status() { # N
	local word
	word=$(token)
	at_prompt
	enter "echo \$?-$word"
	shows "[0-9]-$word$"
	assert_equal "$(screen | grep -oE "[0-9]+-$word$")" "$1-$word"
	shell_answers
}

# Reads lines and answers them; at the end of its input, its status is 5.
ECHO='while read -r line; do echo "got-$line"; done; exit 5'

answers() {
	local word
	word=$(token)
	enter "$word"
	shows "^got-$word$"
}

# ---- Ctrl-C

@test "Ctrl-C and Ctrl-backslash end the command, and the shell sees 128 plus their numbers" {
	terminal --init
	local row
	for row in 'C-c 130' 'C-\ 131'; do
		enter 'run sleep 300'
		if has_step 03; then
			running "$(basename "$BIN")"
			eventually has_child "$FIRST"
			comm_is() { [[ $(<"/proc/$(ctr_child "$FIRST")/comm") == sleep ]]; }
			eventually comm_is
		else
			running sleep
		fi
		press "${row% *}"
		shell_saw_status "${row#* }"
	done
}

@test "a PID 1 without a handler does not notice Ctrl-C, and the runtime waits for it" {
	terminal
	enter 'run cat'
	running cat
	press C-c
	if ! has_step 03; then
		shell_saw_status 130
		return
	fi
	local word
	word=$(token)
	enter "$word"
	shows "^$word$"
	press C-d
	shell_saw_status 0
}

@test "the runtime survives a Ctrl-C that the command handles, and reports the command's status" {
	terminal
	enter "run sh -c 'trap \"exit 9\" INT; echo u\"\"p; while :; do sleep 0.05; done'"
	shows '^up$'
	press C-c
	shell_saw_status 9
}

# ---- Ctrl-Z

@test "Ctrl-Z stops all of a container, fg continues it, again and again" {
	terminal
	local i
	enter "run sh -c 'sleep 300 & $ECHO'"
	running sh
	eventually has_child "$FIRST"
	answers
	for i in 1 2 3; do
		press C-z
		eventually all_stopped 3 || { ps -o pid,ppid,stat,args -t "${TTY#/dev/}"; return 1; }
		shell_answers
		assert_equal "$(screen | grep -c '^\[1\]+ *Stopped')" "$i"
		enter fg
		answers
	done
	press C-d
	shell_saw_status 5
}

@test "Ctrl-Z stops a container with --init" {
	terminal --init
	enter "run sh -c '$ECHO'"
	answers
	press C-z
	shows '^\[1\]\+ *Stopped'
	if has_step 03; then eventually all_stopped 3; else eventually all_stopped 2; fi
	shell_answers
	enter fg
	answers
	press C-d
	shell_saw_status 5
}

@test "a command that tidies up before it stops has the time for it, and stops once" {
	# With --init: a PID 1 can't stop itself, whatever its handler does.
	terminal --init
	local i
	enter "run $(payload tidy)"
	shows '^up$'
	for i in 1 2 3; do
		press C-z
		shows "tidy-$i$"
		eventually all_stopped "$(has_step 03 && echo 3 || echo 2)"
		# The init stops before its child may have: then the prompt is above what that one says.
		press Enter
		shell_answers
		enter fg
		shows "^back-$i$"
	done
}

@test "a command that stops itself gives the shell its prompt, unless it is a PID 1, which can't" {
	terminal
	enter "run sh -c 'kill -STOP \$\$; echo on-\$((6 * 7)); exit 5'"
	if ! has_step 03; then
		shows '^\[1\]\+ *Stopped'
		shell_answers
		enter fg
	fi
	shows '^on-42$'
	shell_saw_status 5
}

@test "a stopped command goes on in the background, and its end leaves the terminal where it is" {
	terminal -v "$SHARE:$SHARE"
	local go word
	go=$(share)/go word=$(token)
	enter "run sh -c 'until [ -e $go ]; do sleep 0.05; done; echo done-$word'"
	running sh
	press C-z
	shows '^\[1\]\+ *Stopped'
	shell_answers
	enter bg
	going_on() { ! stopped "$RUNTIME" && ! stopped "$FIRST"; }
	eventually going_on
	shell_answers
	# Somebody else has the terminal when the container ends.
	enter "sh -c '$ECHO'"
	answers
	touch "$go"
	shows "^done-$word$"
	eventually ended "$RUNTIME"
	answers
	press C-d
	shell_saw_status 5
}

# ---- in the background

@test "a container in the background that wants to read the terminal stops, until it is in front" {
	terminal
	local word round
	word=$(token)
	enter 'run cat &'
	running cat
	eventually stopped "$RUNTIME" "$FIRST"
	shell_answers
	enter jobs
	shows '^\[1\]\+ *Stopped'
	# In hundredths of a second. One that tries again and again uses all it can get.
	assert [ "$(stat_of "$FIRST" 14)" -lt 20 ]
	assert [ "$(stat_of "$FIRST" 15)" -lt 20 ]
	# Continued behind, it reads at once: then it must stop again, each time.
	for round in 1 2 3 4 5; do
		enter bg
		shell_answers
		eventually stopped "$RUNTIME" "$FIRST" || { echo "round $round: spins"; return 1; }
	done
	enter fg
	enter "$word"
	shows "^$word$"
	press C-d
	shell_saw_status 0
}

@test "a container in the background that does not read runs to its end" {
	terminal
	enter "run sh -c 'echo back-\$((6 * 7)); exit 3' & wait \$!"
	shows '^back-42$'
	shell_saw_status 3
}

# ---- a shell inside

# Before step04 the host's programs are there: then bash, which does as it likes with the terminal.
inner_shell() {
	if has_step 04; then echo sh; else echo 'bash --norc --noprofile --noediting'; fi
}

@test "a shell inside has job control of its own, and gives the terminal back at its end" {
	terminal -e 'PS1=inside: '
	enter "run $(inner_shell)"
	shows '^inside: *$'
	enter 'sleep 300'
	running "$(basename "$(inner_shell | cut -d ' ' -f 1)")"
	eventually has_child "$FIRST"
	# A group of its own has the terminal: it has neither ours nor the inner shell's.
	inner_job() { [[ $(stat_of "$RUNTIME" 8) == "$(ctr_child "$FIRST")" ]]; }
	eventually inner_job
	press C-z
	shows '\[1\]\+ *Stopped'
	refute stopped "$RUNTIME"
	enter 'echo in-$((6 * 7))'
	shows '^in-42$'
	enter fg
	eventually inner_job
	press C-c
	enter 'echo status-$?'
	shows '^(inside:)?status-130$'
	enter 'exit 7'
	shell_saw_status 7
}

@test "after a shell inside, a script has the terminal again" {
	terminal -e 'PS1=inside: '
	enter "sh -c '\$RUN $(inner_shell); echo \$?-out; $ECHO'"
	shows '^inside: *$'
	enter 'exit 6'
	shows '^6-out$'
	answers
	press C-d
	shell_saw_status 5
}

@test "when a shell inside is killed, a script has the terminal again" {
	terminal -e 'PS1=inside: '
	enter "sh -c '\$RUN $(inner_shell); echo \$?-out; $ECHO'"
	shows '^inside: *$'
	running "$(basename "$(inner_shell | cut -d ' ' -f 1)")" "$(ctr_child "$SHELL_PID")"
	kill -KILL "$FIRST"
	shows '137-out$'
	# Its modes stay, as they would without a runtime, so no Ctrl-D.
	answers
}

@test "a pipeline with a container in it stops and goes on as a whole" {
	terminal
	enter "run sh -c '$ECHO' | cat"
	answers
	press C-z
	eventually all_stopped 3
	shell_answers
	enter fg
	answers
	press C-d
	shell_saw_status 0
}

@test "a script with a container in it stops and goes on as a whole" {
	terminal
	enter "sh -c '\$RUN cat; echo \$?-out; exit 5'"
	running cat "$(ctr_child "$SHELL_PID")"
	press C-z
	eventually all_stopped 3
	shell_answers
	enter fg
	local word
	word=$(token)
	enter "$word"
	shows "^$word$"
	press C-d
	shows '^0-out$'
	shell_saw_status 5
}

# ---- modes and sizes

@test "a new size of the terminal reaches the command" {
	terminal
	enter "run sh -c 'trap \"stty size; exit 9\" WINCH; echo u\"\"p; while :; do sleep 0.05; done'"
	shows '^up$'
	tm resize-window -x 100 -y 31
	shows '^31 100$'
	shell_saw_status 9
}

@test "an editor works on the whole screen, and leaves the terminal as it was" {
	local folder busybox=/bin/busybox word
	folder=$(share) word=$(token)
	has_step 04 || busybox=$ROOTFS$busybox
	"$ROOTFS/bin/busybox" --list | grep -qx vi || skip "this busybox has no vi"
	terminal -v "$SHARE:$SHARE" -e TERM=screen
	# A short name: a long one would not fit into the editor's last line.
	enter "run sh -c 'cd $folder && exec $busybox vi text'"
	shows '^- .*text'
	press i
	shows '^I .*text'
	enter "first $word"
	press -l second
	press Escape
	shows '^- .*text'
	enter ':wq'
	shell_saw_status 0
	assert_equal "$(<"$folder/text")" "first $word"$'\n'second
}

@test "a runtime that is killed gives the shell its terminal back as it was" {
	terminal
	enter "run sh -c 'stty -echo -icanon; exec sleep 300'"
	running sleep
	refute modes_are_back
	kill -KILL "$RUNTIME"
	shows '^Killed'
	shell_saw_status 137
	# Until step03 the command lives on, and would read what is meant for the shell.
	if has_step 03; then
		eventually ended "$FIRST"
	else
		kill -KILL "$FIRST"
	fi
}

@test "a container ends with its terminal" {
	terminal --stop-timeout 1
	# A hang-up while LeakSanitizer looks for leaks kills the process with which it does that, and it waits for ever.
	enter "export ASAN_OPTIONS=$TRACEABLE"
	enter 'run sleep 300'
	running sleep
	tm kill-server
	TTY=''
	# A PID 1 without a handler does not hear of it.
	eventually ended "$RUNTIME" || { kill -KILL "$RUNTIME" "$FIRST"; return 1; }
	eventually ended "$FIRST"
}

@test "a container that ignores hang-ups outlives its terminal" {
	terminal -v "$SHARE:$SHARE" --stop-timeout 1
	local go
	go=$(share)/go
	enter "nohup \$RUN sh -c 'until [ -e $go ]; do sleep 0.05; done; sleep 1.5; echo the end >$go' >/dev/null 2>&1"
	running sh
	tm kill-server
	TTY=''
	install -m 666 /dev/null "$go"
	eventually ended "$RUNTIME"
	assert_equal "$(<"$go")" "the end"
}

# ---- without a terminal, and without its help

@test "without a controlling terminal a container reads, writes, and is not stopped" {
	local word
	word=$(token)
	ctr_options
	mkfifo in
	# Not a word from the runtime about the terminal that isn't there.
	setsid "$BIN" run "${OPTIONS[@]}" sh -c "(: </dev/tty) 2>/dev/null || echo none; $ECHO" \
		<in >out 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	STARTED+=("$!")
	# shellcheck disable=SC2034 # OUT is for ctr_printed
	CTR=$! OUT=out
	exec {keep}>in
	ctr_printed '^none$'
	# Nobody could continue it: the kernel stops no group without a shell above it.
	kill -TSTP "$CTR"
	kill -TTIN "$CTR"
	echo "$word" >in
	ctr_printed "^got-$word$"
	exec {keep}>&-
	ctr_wait
	assert_equal "$status" 5
	assert_equal "$(<out)" none$'\n'"got-$word"
}

@test "what the terminal or somebody else sends reaches the command once" {
	local folder round name number=0
	folder=$(share)
	cat >"$folder/count" <<-'COUNT'
		n=0
		for s in INT WINCH USR1 HUP; do
			trap "n=\$((n + 1)); echo; echo \$n-$s" $s
		done
		echo up
		while :; do sleep 0.02; done
	COUNT
	terminal -v "$SHARE:$SHARE"
	enter "run sh $folder/count"
	shows '^up$'
	running sh
	for round in 1 2 3; do
		for name in INT WINCH USR1 HUP; do
			kill -s "$name" "$RUNTIME"
			shows "^$((++number))-$name$"
		done
		press C-c
		shows "^$((++number))-INT$"
		tm resize-window -x 100 -y "3$round"
		shows "^$((++number))-WINCH$"
	done
	kill -s USR1 "$RUNTIME"
	shows "^$((++number))-USR1$"
}
