# trace.awk - what strace -f -yy wrote, as the calls that isolate, each with a word on it: for tools/trace.
#
# Read twice: pass=1 learns who is whose child, pass=2 prints. form is page or calls, color 1 or empty, ladder the
# checkout's path, which is left out of what is printed.

BEGIN {
	page = form != "calls"
	blue = color ? "\033[36m" : ""
	plain = color ? "\033[0m" : ""
	width = 57
}

# ---- one line of strace's, which may be half a call: sets pid, text and whole

{
	pid = $1
	text = $0
	sub(/^[0-9]+ +/, "", text)
	if (text ~ /^(\+\+\+|---)/)
		next
	started = finished = 1
	if (text ~ / <unfinished \.\.\.>$/) {
		sub(/ <unfinished \.\.\.>$/, "", text)
		half[pass, pid] = text
		finished = 0
	} else if (match(text, /^<\.\.\. [a-z0-9_]+ resumed>/)) {
		text = half[pass, pid] substr(text, RLENGTH + 1)
		started = 0
	}
	name = text
	sub(/\(.*/, "", name)
	arguments = substr(text, length(name) + 2)
	result = ""
	if (finished && match(arguments, /\) += [^=]*$/)) {
		result = substr(arguments, RSTART)
		arguments = substr(arguments, 1, RSTART - 1)
		sub(/^\) += /, "", result)
	}
	failed = result ~ /^-1/
}

# ---- pass 1: the runtime is the first process, the container its last child with clone3

pass == 1 {
	if (runtime == "")
		runtime = pid
	# Inside, fork(2) answers with a number of the container's own: those are no use here.
	if (pid == runtime && finished && name ~ /^(clone3?|v?fork)$/ && result ~ /^[1-9]/) {
		if (name == "clone3")
			container = result + 0
		child[result + 0] = 1
	}
	next
}

# ---- pass 2; what the command does is its own affair, and so is what it starts

pid in command || (become && !(pid in seen) && inside(pid)) { next }
{ seen[pid] = 1 }

# The container's first process, or a later one: whose parent is not the runtime.
function inside(process) {
	return process != runtime && (process == container || !(process in child))
}

# Splits at the commas that are not within quotes or brackets, into part[1..]; the quotes go.
function split_arguments(list,    i, c, depth, quoted, n) {
	split("", part)
	n = 1
	part[1] = ""
	for (i = 1; i <= length(list); i++) {
		c = substr(list, i, 1)
		if (quoted) {
			if (c == "\\") {
				part[n] = part[n] c substr(list, ++i, 1)
				continue
			}
			if (c == "\"")
				quoted = 0
			else
				part[n] = part[n] c
			continue
		}
		if (c == "\"")
			quoted = 1
		else if (c == "," && depth == 0) {
			n++
			part[n] = ""
			if (substr(list, i + 1, 1) == " ")
				i++
		} else {
			if (c ~ /[[{(<]/)
				depth++
			if (c ~ /[]})>]/)
				depth--
			part[n] = part[n] c
		}
	}
	return n
}

# "14</a/b>" is /a/b, and a path below the checkout is shown from there.
function path_of(argument) {
	if (match(argument, /<.*>/))
		argument = substr(argument, RSTART + 1, RLENGTH - 2)
	return shorten(argument)
}

function shorten(path) {
	if (index(path, ladder "/") == 1)
		return substr(path, length(ladder) + 2)
	# Where step07 puts its layers together.
	sub(/^\/tmp\/merged/, "merged", path)
	# A control group's file: there is one group of the container's, if in several trees.
	sub(/^.*\/container-ladder\/[^\/]+\//, ".../", path)
	return path
}

# Where mount(2) goes: /proc/self/fd/N is what was opened as N.
function target_of(path,    number) {
	if (path !~ /^\/proc\/self\/fd\/[0-9]+$/)
		return shorten(path)
	number = path
	sub(/.*\//, "", number)
	return (pid, number) in opened ? opened[pid, number] : path
}

# A detached mount tree has no path: say of what it is a copy. The child has its parent's.
function tree_of(argument,    number) {
	number = argument + 0
	if ((pid, number) in tree)
		return "copy of " tree[pid, number]
	if ((runtime, number) in tree)
		return "copy of " tree[runtime, number]
	return path_of(argument)
}

# ---- printing; the second and further calls of a kind, one after the other, are only counted

function flush_counted() {
	if (more > 0)
		printf "%s%-9s  ... and %d more of these%s\n", color_of(counted_side), counted_side, more, plain
	more = 0
}

function color_of(side) {
	return side == "container" ? blue : ""
}

function show(call, note,    key, i) {
	if (failed) {
		# What is tried and may fail is shown only where it would matter.
		sub(/^-1 /, "", result)
		note = result
	}
	if (!page) {
		printf "%s\t%s\t%s\t%s\n", side, name, arguments, result
		return
	}
	key = side SUBSEP name SUBSEP note
	for (i = 1; i <= recent; i++)
		if (last[i] == key) {
			more++
			counted_side = side
			return
		}
	if (more > 0) {
		flush_counted()
		recent = 0
	}
	if (recent == 3) {
		last[1] = last[2]
		last[2] = last[3]
		recent = 2
	}
	last[++recent] = key
	if (length(call) > width)
		printf "%s%-9s  %s%s\n%*s%s\n", color_of(side), side, call, plain, width + 13, "", note
	else
		printf "%s%-9s  %-*s%s  %s\n", color_of(side), side, width, call, plain, note
}

# ---- what each call is for

function note_on_mount(source, target, type, flags) {
	if (flags ~ /PRIVATE/)
		return "cut loose: no mount of ours reaches the host"
	if (type == "proc")
		return "a /proc that shows this PID namespace"
	if (type == "sysfs")
		return "a /sys that shows this network namespace"
	if (type == "devpts")
		return "terminals of its own"
	if (type == "mqueue")
		return "message queues of its own"
	if (type == "overlay")
		return "layers below, the container's writes on top"
	if (type == "tmpfs" && target ~ /\/dev$/)
		return "an empty /dev"
	if (type == "tmpfs" && target ~ /\/shm$/)
		return "shared memory of its own"
	if (target ~ /\/(proc|sys)\//)
		return "hides what it tells of the machine"
	if (type == "tmpfs")
		return "an empty file system"
	if (source ~ /^\/dev\//)
		return "a harmless device of the host's"
	if (flags ~ /BIND/ && source == target)
		return "the root becomes a mount: pivot_root takes no other"
	if (flags ~ /BIND/)
		return "shown there too"
	return ""
}

function note_on_write(path, value) {
	if (path ~ /\/(tasks|cgroup\.procs)$/)
		return value == "0" ? "moves itself into the group" : "moves a process into the group"
	if (path ~ /\/cgroup\.subtree_control$/)
		return "the groups below may use this controller"
	if (path ~ /\/memory\.(max|limit_in_bytes)$/)
		return "limits memory"
	if (path ~ /\/memory\.(swap\.max|memsw\.limit_in_bytes)$/)
		return "and swap must not widen that"
	if (path ~ /\/pids\.max$/)
		return "limits processes and threads"
	if (path ~ /\/cpu\.cfs_period_us$/)
		return "in each such period, in microseconds,"
	if (path ~ /\/cpu\./)
		return "limits CPU time"
	if (path ~ /\/cgroup\.kill$/)
		return "ends what is left in the group"
	if (path ~ /\/uid_map$/)
		return "which user inside is which outside"
	if (path ~ /\/gid_map$/)
		return "the same for groups"
	if (path ~ /\/setgroups$/)
		return "no group can be given up: else a map would be refused"
	return ""
}

# The loopback device is the first in every network; strace can't always tell what a message means.
function is_loopback() {
	return arguments ~ /ifi_index=(1[,}]|if_nametoindex\("lo"\))/ || \
		index(arguments, "\"\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00")
}

function note_on_netlink(    type) {
	if (arguments ~ /nlmsg_type=(RTM_NEWLINK|0x10 )/ && side == "host")
		return "RTM_NEWLINK|a veth pair: one end here, one inside"
	if (arguments ~ /nlmsg_type=(RTM_NEWLINK|0x10 )/)
		return "RTM_NEWLINK|brings up " (is_loopback() ? "lo" : "eth0")
	if (arguments ~ /nlmsg_type=(RTM_NEWADDR|0x14 )/)
		return "RTM_NEWADDR|gives a device its address"
	if (arguments ~ /nlmsg_type=(RTM_NEWROUTE|0x18 )/)
		return "RTM_NEWROUTE|the way out: the host's end"
	return "|"
}

# What is still to come has no result yet; the rest is shown when it is done.
name ~ /^(clone3?|v?fork)$/ {
	if (!started && !failed)
		next
	side = inside(pid) ? "container" : "host"
	flags = match(arguments, /flags=[^,}]*/) ? substr(arguments, RSTART + 6, RLENGTH - 6) : ""
	gsub(/CLONE_/, "", flags)
	# The C library's fork() wants these for itself.
	gsub(/CHILD_(CLEAR|SET)TID\|?|\|?SIGCHLD|^0$/, "", flags)
	if (side == "container")
		show("fork()", "PID 1 stays, its child becomes the command")
	else if (name == "clone3")
		show("clone3(" flags ")", flags == "" ? "a child, as fork(2) makes it" : flags ~ /INTO_CGROUP/ ? \
			"the child, in its namespaces and its group" : "the child, in namespaces of its own")
	else
		show(name "(" flags ")", "a helper")
	next
}

!finished { next }

{
	side = inside(pid) ? "container" : "host"
	split_arguments(arguments)
}

# Only to know later what a descriptor stands for.
name ~ /^openat2?$/ {
	if (!failed)
		opened[pid, result + 0] = path_of(result)
	next
}

name == "pipe2" {
	if (!failed && match(arguments, /pipe:\[[0-9]+\]/))
		gates[substr(arguments, RSTART, RLENGTH)] = side
	next
}

name == "execve" {
	if (side == "container") {
		show("execve(\"" part[1] "\")", "becomes the command")
		if (!failed)
			command[pid] = become = 1
	} else if (pid != runtime)
		show("execve(\"" part[1] "\")", "a helper")
	next
}

name == "close_range" {
	if (part[3] ~ /CLOEXEC/)
		show("close_range(" part[1] ", ~0U, CLOSE_RANGE_CLOEXEC)", "exec passes no descriptor above 2 on")
	else
		show("close_range(" part[1] ", ~0U, 0)", "no open descriptor leads back to the host")
	next
}

name == "sethostname" { show("sethostname(\"" part[1] "\")", "its own hostname"); next }

name == "prctl" {
	if (part[1] == "PR_SET_PDEATHSIG")
		show("prctl(" part[1] ", " part[2] ")", "dies with the runtime")
	else if (part[1] == "PR_SET_NO_NEW_PRIVS")
		show("prctl(" part[1] ", 1)", "exec never gains privilege again")
	else if (part[1] == "PR_CAPBSET_DROP")
		show("prctl(" part[1] ", " part[2] ")", "a capability that no exec brings back")
	else if (part[1] ~ /^PR_CAP_AMBIENT/)
		show("prctl(" part[1] ", " part[2] ")", "exec adds no capability")
	else if (part[1] == "PR_SET_SECCOMP")
		show("prctl(" part[1] ", " part[2] ")", "from here on a filter judges each system call")
	next
}

name == "capset" {
	match(arguments, /effective=[^,]*/)
	effective = substr(arguments, RSTART, RLENGTH)
	show("capset(" gsub(/CAP_/, "", effective) " capabilities)", "the others are gone")
	next
}

# To see what the kernel can do, libseccomp first loads what can't be loaded.
name == "seccomp" {
	if (part[1] ~ /SET_MODE_FILTER/ && result !~ /EFAULT/)
		show("seccomp(" part[1] ")", "from here on a filter judges each system call")
	next
}

name == "unshare" {
	if (part[1] ~ /NEWCGROUP/)
		show("unshare(" part[1] ")", "its group is the root of those it sees")
	else
		show("unshare(" part[1] ")", "a namespace of its own, from here on")
	next
}

name == "setns" { show("setns(" path_of(part[1]) ", " part[2] ")", "enters a namespace"); next }

name ~ /^set(groups|resuid|resgid)$/ {
	show(name "(" part[1] (name == "setgroups" ? "" : ", " part[2] ", " part[3]) ")", \
		name == "setgroups" ? "gives up the caller's groups" : "becomes root inside")
	next
}

name == "mount" {
	target = target_of(part[2])
	source = shorten(part[1])
	gsub(/MS_/, "", part[4])
	call = part[1] == "NULL" ? target : source " on " target
	call = "mount(" call (part[4] == "0" ? "" : ", " part[4]) ")"
	if (part[3] != "NULL" && part[3] != part[1])
		sub(/^mount\(/, "mount(" part[3] ": ", call)
	show(call, note_on_mount(source, target, part[3], part[4]))
	next
}

name == "umount2" {
	show("umount2(\"" part[1] "\", " part[2] ")", part[2] ~ /DETACH/ ? "the old root is gone, and the host's tree with it" : "unmounts it")
	next
}

name == "pivot_root" { show("pivot_root(\"" part[1] "\", \"" part[2] "\")", "the new root takes the old one's place"); next }

name == "chroot" { show("chroot(\"" part[1] "\")", "another root; the old one stays mounted"); next }

name == "open_tree" {
	if (part[3] !~ /OPEN_TREE_CLONE/)
		next
	call = part[2] == "" ? path_of(part[1]) : part[2]
	if (!failed)
		tree[pid, result + 0] = call
	show("open_tree(" call ", OPEN_TREE_CLONE)", "a copy of the mounts there, not yet attached")
	next
}

name == "mount_setattr" {
	flags = match(arguments, /attr_set=[^,]*/) ? substr(arguments, RSTART + 9, RLENGTH - 9) : "0"
	gsub(/MOUNT_ATTR_/, "", flags)
	call = "mount_setattr(" tree_of(part[1]) (flags == "0" ? "" : ", " flags) (arguments ~ /MS_PRIVATE/ ? ", PRIVATE" : "") ")"
	if (flags ~ /IDMAP/)
		show(call, "its files' owners, as the user namespace counts")
	else if (flags ~ /RDONLY/)
		show(call, "read-only")
	else
		show(call, "cut loose from the host's")
	next
}

name == "move_mount" {
	show("move_mount(" tree_of(part[1]) " to " (part[4] == "" ? path_of(part[3]) : part[4]) ")", "attached")
	next
}

name ~ /^(fsopen|fsconfig|fsmount)$/ {
	sub(/, (NULL, )?0$/, "", arguments)
	show(name "(" arguments ")", "a new file system, step by step")
	next
}

# Control groups are directories: their making and removing counts, that of others does not.
name == "mkdirat" {
	if (!failed && part[1] ~ /cgroup/)
		show("mkdir(" path_of(part[1]) "/" part[2] ")", "a control group")
	next
}

name == "unlinkat" {
	if (!failed && part[1] ~ /cgroup/)
		show("rmdir(" path_of(part[1]) "/" part[2] ")", "the control group goes")
	next
}

name == "write" {
	call = path_of(part[1])
	if (part[1] ~ /pipe:/) {
		if (match(part[1], /pipe:\[[0-9]+\]/) && substr(part[1], RSTART, RLENGTH) in gates)
			show("write(pipe, " part[3] (part[3] == 1 ? " byte" : " bytes") ")",
				part[3] == 1 ? "opens the gate" : "the filter, for the child")
		next
	}
	note = note_on_write(call, part[2])
	if (note != "")
		show("write(" call ", \"" part[2] "\")", note)
	next
}

name == "read" {
	if (match(part[1], /pipe:\[[0-9]+\]/) && substr(part[1], RSTART, RLENGTH) in gates)
		show("read(pipe) = " result, result == 1 ? "has waited at the gate" : result > 0 ? "has waited for the filter" : "nobody writes any more")
	next
}

name == "sendto" {
	split(note_on_netlink(), pair, "|")
	if (pair[1] != "")
		show("netlink(" pair[1] ")", pair[2])
	next
}

END { if (page) flush_counted() }
