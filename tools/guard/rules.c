/*
 * rules.c - what a runtime may do, and what its command may not.
 *
 * The runtime may become COMMAND of its command line and no other program; it writes nothing but
 * its own messages, and files of the kernel's that containers need; it does not touch the judge,
 * which is the tests. All this rests on what it can't change behind our back: numbers in
 * registers, private memory, open descriptors, the file it runs. Not on paths.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "watch.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool starts_with(const char *text, size_t size, const char *start)
{
	return size >= strlen(start) && memcmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Options that print something, and run nothing. */
static bool only_tells(const struct run *run)
{
	return process_strings_have(&run->arguments, "--help") ||
	    process_strings_have(&run->arguments, "--version") ||
	    process_strings_have(&run->arguments, "--print-filter");
}

/* The helpers that map an ordinary user's subordinate ids: newuidmap(1). By name, wherever PATH leads. */
static bool names_mapper(const struct run *run, const char *path)
{
	return strcmp(run->name, "step09") >= 0 &&
	    (strcmp(base_name(path), "newuidmap") == 0 ||
		strcmp(base_name(path), "newgidmap") == 0);
}

/* --- execve ------------------------------------------------------------------------------ */

/* "K=V" as the runtime's own environment has it, or as its command line asks for it, or its three. */
static bool may_pass_on(const struct run *run, const char *variable)
{
	if (strncmp(variable, "PATH=", 5) == 0 || strncmp(variable, "HOME=", 5) == 0 ||
	    strncmp(variable, "TERM=", 5) == 0 || process_strings_have(&run->environment, variable))
		return true;
	for (size_t i = 0; i < run->arguments.count; i++)
		if (ends_with(run->arguments.items[i], variable))
			return true;
	return false;
}

/* What is wrong with what it would execute, or NULL. */
static const char *judge_execute(const struct call *call, const char *path,
    const struct process_strings *arguments, const struct process_strings *environment)
{
	const struct run *run = call->run;
	size_t first = run->arguments.count - arguments->count;
	char name[16];

	if (names_mapper(run, path))
		return NULL;
	/* COMMAND and its arguments are the end of the command line, wherever the options end. */
	if (arguments->count == 0 || arguments->count >= run->arguments.count)
		return "that is not the command that it was given";
	for (size_t i = 0; i < arguments->count; i++)
		if (strcmp(arguments->items[i], run->arguments.items[first + i]) != 0)
			return "that is not the command that it was given";
	if (strcmp(base_name(path), base_name(arguments->items[0])) != 0)
		return "that is another file than the command that it was given";
	for (size_t i = 0; i < environment->count; i++)
		if (!may_pass_on(run, environment->items[i]))
			return "with variables of its own making";
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "fd/%d", i);
		if (run->is_open[i] && !process_is(call->pid, name, &run->standard[i]))
			return "with another input or output than it was given";
	}
	return NULL;
}

static void on_execute(const struct call *call)
{
	const __u64 *registers = call->data->args;
	struct process_strings arguments = { 0 }, environment = { 0 };
	char *path = process_string(call->pid, registers[0]);
	const char *problem = "that can't be read";

	if (call->data->nr == SYS_execveat)
		problem = "by execveat";
	else if (path && process_strings(call->pid, registers[1], &arguments) &&
	    (registers[2] == 0 || process_strings(call->pid, registers[2], &environment)))
		problem = judge_execute(call, path, &arguments, &environment);
	if (!problem && names_mapper(call->run, path)) {
		/* watch.c sees to it that this is what the process becomes. */
		call->run->mapping = call->pid;
	} else if (problem) {
		foul("the runtime executes %.200s: %s", path ? path : "something", problem);
		refuse(call, "execute %.200s", path ? path : "something");
	} else {
		/* It may fail, and then this process asks again as the runtime. */
		int file = process_open(call->pid, path);
		if (file != -1) {
			call->run->executing = call->pid;
			close(file);
		}
	}
	process_strings_free(&arguments);
	process_strings_free(&environment);
	free(path);
}

/*
 * 125 to 127 are the runtime's own. Any other status is the command's, and if there was none it is
 * made up; unless a test holds the runtime up in a tracer and kills its child.
 */
static void on_exit_of(const struct call *call)
{
	const struct run *run = call->run;
	unsigned int status = call->data->args[0] & 0xff;

	if (call->pid == run->pid && !run->executed && !run->executing &&
	    (status < 125 || status > 127) && !only_tells(run) &&
	    process_field(call->pid, "status", "TracerPid:") <= 0)
		foul("the runtime ended with %u and had not executed the command", status);
}

/* --- write ------------------------------------------------------------------------------- */

/* Whether TEXT is whole messages of the program's, or parts of one. */
static bool is_message(struct run *run, const char *text, size_t size)
{
	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t line = end ? (size_t)(end - text) + 1 : size;
		size_t length = strlen(run->name);

		if (!run->mid_line &&
		    !(starts_with(text, line, run->name) && line > length && text[length] == ':') &&
		    !starts_with(text, line, "hint: ") && !starts_with(text, line, "Try ") &&
		    !starts_with(text, line, "Usage: "))
			return false;
		run->mid_line = !end;
		text += line;
		size -= line;
	}
	return true;
}

/* Collects what one of the write calls would write. -1: can't be read, or is too much. */
static ssize_t gather(const struct call *call, char text[PROCESS_TEXT])
{
	bool single = call->data->nr == SYS_write || call->data->nr == SYS_pwrite64;
	struct iovec pieces[64] = { {
	    .iov_base = (void *)(uintptr_t)call->data->args[1],
	    .iov_len = call->data->args[2],
	} };
	size_t total = 0, count = single ? 1 : call->data->args[2];
	ssize_t size = (ssize_t)(count * sizeof(*pieces));

	if (count > 64 ||
	    (!single && process_read(call->pid, call->data->args[1], pieces, (size_t)size) != size))
		return -1;
	for (size_t i = 0; i < count; i++) {
		size = (ssize_t)pieces[i].iov_len;
		if (pieces[i].iov_len > PROCESS_TEXT - total ||
		    (size > 0 &&
			process_read(call->pid, (uintptr_t)pieces[i].iov_base, text + total,
			    pieces[i].iov_len) != size))
			return -1;
		total += pieces[i].iov_len;
	}
	return (ssize_t)total;
}

/* A file of /proc that a runtime writes for its child: an id map and what belongs to it. */
static bool is_id_map(const char *path)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	struct statx extra;

	/* By its name; so no other file of /proc may be mounted there under that name. */
	if (length == -1 || statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &extra) == -1 ||
	    extra.stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return false;
	target[length] = '\0';
	return ends_with(target, "/uid_map") || ends_with(target, "/gid_map") ||
	    ends_with(target, "/setgroups") || ends_with(target, "/oom_score_adj");
}

static bool may_write(const char *path, const struct stat *status)
{
	unsigned int type = major(status->st_rdev);
	struct statfs system;

	switch (status->st_mode & S_IFMT) {
	case S_IFSOCK:
		return true;
	case S_IFIFO: /* not one with a name, which could stand for a file in the container */
		return statfs(path, &system) == 0 && system.f_type == PIPEFS_MAGIC;
	case S_IFCHR: /* null and its like; terminals */
		return (type == 1 && minor(status->st_rdev) >= 3) || type == 5 ||
		    (type >= 136 && type <= 143);
	case S_IFREG:
		if (statfs(path, &system) == -1)
			return false;
		return system.f_type == CGROUP_SUPER_MAGIC ||
		    system.f_type == CGROUP2_SUPER_MAGIC ||
		    (system.f_type == PROC_SUPER_MAGIC && is_id_map(path));
	case 0: /* eventfd and the like */
		return true;
	default:
		return false;
	}
}

static bool is_standard(const struct run *run, int number, const struct stat *status)
{
	return run->is_open[number] && status->st_dev == run->standard[number].st_dev &&
	    status->st_ino == run->standard[number].st_ino;
}

static void on_message(const struct call *call)
{
	static char text[PROCESS_TEXT];
	struct run *run = call->run;
	ssize_t size = gather(call, text);

	if (size < 0 || !is_message(run, text, (size_t)size)) {
		refuse(call, "write to standard error what is no message of the runtime's");
		return;
	}
	run->messages += (size_t)size;
	if (run->messages > WATCH_MESSAGES) {
		foul("the runtime floods its standard error");
		kill(run->pid, SIGKILL);
	}
}

static void on_write(const struct call *call)
{
	struct run *run = call->run;
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", call->pid, (int)call->data->args[0]);
	if (stat(path, &status) == -1)
		return;
	if (only_tells(run))
		return;
	/* First: the two may be one. */
	if (is_standard(run, 2, &status)) {
		on_message(call);
	} else if (is_standard(run, 1, &status) && !S_ISCHR(status.st_mode)) {
		if (run->refusals == 0)
			foul("the runtime writes to standard output, which is the command's");
		refuse(call, "write to standard output");
	} else if (!may_write(path, &status)) {
		refuse(call, "write to a file that is no control group's and no id map");
	}
}

/* --- the rest ---------------------------------------------------------------------------- */

static bool is_harmless(int number)
{
	return number == 0 || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU ||
	    number == SIGSTOP || number == SIGCONT || number == SIGCHLD || number == SIGABRT;
}

/* A runtime that kills itself would have an exit status that looks like its command's. */
static void on_signal(const struct call *call)
{
	const struct run *run = call->run;
	const __u64 *registers = call->data->args;
	int target = (int)registers[0], number = (int)registers[1];
	struct stat numbers;
	bool itself;

	if (call->data->nr == SYS_tgkill || call->data->nr == SYS_rt_tgsigqueueinfo)
		number = (int)registers[2];
	if (is_harmless(number))
		return;
	if (call->data->nr == SYS_pidfd_send_signal) {
		char name[32];

		snprintf(name, sizeof(name), "fdinfo/%d", target);
		itself = process_field(call->pid, name, "Pid:") == run->pid;
	} else {
		/* From another PID namespace the number is another process's. */
		itself = process_stat(run->pid, "ns/pid", &numbers) == 0 &&
		    process_is(call->pid, "ns/pid", &numbers) &&
		    (target == 0 || abs(target) == process_field(run->pid, "status", "NSpid:"));
	}
	if (itself)
		refuse(call, "send signal %d to the runtime itself", number);
}

/* In the tests' own mount namespace: what would the judge find under the name of its tools? */
static void on_mount(const struct call *call)
{
	if (!process_is(call->pid, "ns/mnt", &call->run->mounts))
		return;
	/* What is not attached anywhere may be prepared. */
	if (call->data->nr == SYS_mount_setattr && call->data->args[2] & AT_EMPTY_PATH &&
	    process_holds_detached(call->pid, (int)call->data->args[0]))
		return;
	refuse(call, "change a mount in the host's mount namespace");
}

/* vfork(2) is harmless: who shares the memory with the child sleeps until that has other memory. */
static void on_clone(const struct call *call, uint64_t flags)
{
	if (flags & CLONE_VFORK)
		flags &= ~(uint64_t)CLONE_VM;
	if (flags & (CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND))
		refuse(call, "share memory or descriptors with another process or thread");
}

static void on_clone3(const struct call *call)
{
	uint64_t flags = CLONE_VM;

	process_read(call->pid, call->data->args[0], &flags, sizeof(flags));
	on_clone(call, flags);
}

void rules_for_runtime(const struct call *call, enum guard_kind kind)
{
	switch (kind) {
	case GUARD_EXECUTE:
		on_execute(call);
		break;
	case GUARD_EXIT:
		on_exit_of(call);
		break;
	case GUARD_WRITE:
		on_write(call);
		break;
	case GUARD_SIGNAL:
		on_signal(call);
		break;
	case GUARD_MOUNT:
		on_mount(call);
		break;
	case GUARD_CLONE:
		on_clone(call, call->data->args[0]);
		break;
	case GUARD_CLONE3:
		on_clone3(call);
		break;
	case GUARD_PRCTL:
		if (call->data->args[0] == PR_SET_MM || call->data->args[0] == PR_SET_SECCOMP)
			refuse(call, "use prctl option %d", (int)call->data->args[0]);
		break;
	case GUARD_SECCOMP:
		/* A filter could answer in the kernel's place, until filters are the lesson. */
		if (strcmp(call->run->name, "step08") < 0)
			refuse(call, "install a filter");
		break;
	default:
		refuse(call, "use system call %d", call->data->nr);
	}
}

void rules_for_command(const struct call *call, enum guard_kind kind)
{
	if (kind == GUARD_MOUNT)
		on_mount(call);
}
