/*
 * watch.c - runs the tests of a program, and answers for each stopped call of it: may it?
 *
 * usage: guard LOG TREE COMMAND [ARG...]
 *
 *   LOG   gets a line for each thing that was noticed: "foul REASON", which costs the test its points,
 *         or "refused REASON", which may explain a failure
 *   TREE  the root file system that the tests use, as it was before: programs in it may run
 *
 * Three kinds of processes ask. One that runs the file of the program is the runtime, which has
 * narrow rules (rules.c). What it became otherwise is the command: it may do what the kernel lets
 * it, if its code was there before (code.c). And starter.c asks once, for the program itself.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "watch.h"

static struct run runs[WATCH_RUNS];
static FILE *report;
static const char *tree;
static bool anything_began;

static void note(const char *kind, const char *format, va_list arguments)
{
	static unsigned int lines;

	if (++lines > WATCH_LINES)
		return;
	fprintf(report, "%s ", kind);
	vfprintf(report, format, arguments);
	putc('\n', report);
	fflush(report);
}

void foul(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	note("foul", format, arguments);
	va_end(arguments);
}

void refuse(const struct call *call, const char *format, ...)
{
	struct run *run = call->run;

	call->answer->error = -EPERM;
	call->answer->flags = 0;
	if (++run->refusals <= 3) {
		va_list arguments;

		va_start(arguments, format);
		note("refused", format, arguments);
		va_end(arguments);
	}
	if (run->refusals == WATCH_REFUSALS) {
		foul("the runtime went on after %d refusals", WATCH_REFUSALS);
		kill(run->pid, SIGKILL);
	}
}

/* The first call on a listener: starter.c is about to execute the program. */
static void begin_run(const struct call *call)
{
	struct run *run = call->run;
	char *path = process_string(call->pid, call->data->args[0]);
	int file = path ? process_open(call->pid, path) : -1;
	struct timespec now;
	const char *slash;
	char name[16];

	free(path);
	if (call->data->nr != SYS_execve || file == -1 || fstat(file, &run->program) == -1 ||
	    !process_strings(call->pid, call->data->args[1], &run->arguments) ||
	    run->arguments.count == 0 ||
	    !process_strings(call->pid, call->data->args[2], &run->environment) ||
	    process_stat(call->pid, "ns/mnt", &run->mounts) == -1) {
		foul("the runtime's start can't be read");
		refuse(call, "start");
		close(file);
		return;
	}
	close(file);
	run->pid = call->pid;
	slash = strrchr(run->arguments.items[0], '/');
	run->name = slash ? slash + 1 : run->arguments.items[0];
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "fd/%d", i);
		run->is_open[i] = process_stat(call->pid, name, &run->standard[i]) == 0;
	}
	if (!anything_began) {
		/* The clock that files are stamped by: the exact one is up to a tick ahead. */
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
		code_trust(tree, now);
		anything_began = true;
	}
}

/* Where the process that was to become newuidmap or newgidmap has become just that. */
static bool is_mapper(pid_t pid)
{
	char link[64], path[256];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	length = readlink(link, path, sizeof(path) - 1);
	path[length > 0 ? length : 0] = '\0';
	return strcmp(path, "/usr/bin/newuidmap") == 0 || strcmp(path, "/usr/bin/newgidmap") == 0;
}

static void decide(const struct call *call)
{
	enum guard_kind kind = GUARD_REFUSE; /* also another architecture's calls */

	if (call->run->pid == 0) {
		begin_run(call);
		return;
	}
	for (size_t i = 0; i < guard_rule_count; i++)
		if (guard_rules[i].call == call->data->nr)
			kind = guard_rules[i].kind;
	if (process_is(call->pid, "exe", &call->run->program)) {
		/* Still the runtime: what it wanted to execute, it could not. */
		if (call->run->executing == call->pid)
			call->run->executing = 0;
		rules_for_runtime(call, kind);
		return;
	}
	if (call->run->mapping == call->pid) {
		if (is_mapper(call->pid))
			return;
	} else {
		call->run->executed = true;
		if (code_is_genuine(call->pid)) {
			rules_for_command(call, kind);
			return;
		}
	}
	foul("a program runs that was not there before");
	refuse(call, "run code of its own making");
	kill(call->pid, SIGKILL);
}

static void answer_call(struct run *run)
{
	struct seccomp_notif notice = { 0 };
	struct seccomp_notif_resp answer = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	if (ioctl(run->listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) == -1)
		return;
	answer.id = notice.id;
	decide(&(struct call){ run, (pid_t)notice.pid, &notice.data, &answer });
	/* Fails if the process has been killed meanwhile, and its number may be another's. */
	ioctl(run->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void accept_run(int socket)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec piece = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *header;
	int listener;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return;
	memcpy(&listener, CMSG_DATA(header), sizeof(listener));
	for (size_t i = 0; i < WATCH_RUNS; i++)
		if (runs[i].listener == -1) {
			runs[i] = (struct run){ .listener = listener };
			return;
		}
	foul("more than %d runs at once", WATCH_RUNS);
	close(listener);
}

static void end_run(struct run *run)
{
	process_strings_free(&run->arguments);
	process_strings_free(&run->environment);
	close(run->listener);
	run->listener = -1;
}

/* Until the command has ended. Returns its exit status. */
static int watch(int socket, pid_t command)
{
	struct pollfd polled[WATCH_RUNS + 2];
	siginfo_t end = { 0 };

	for (;;) {
		polled[0] = (struct pollfd){ .fd = socket, .events = POLLIN };
		for (size_t i = 0; i < WATCH_RUNS; i++)
			polled[1 + i] = (struct pollfd){ .fd = runs[i].listener, .events = POLLIN };
		polled[WATCH_RUNS + 1] = (struct pollfd){
			.fd = (int)syscall(SYS_pidfd_open, command, 0),
			.events = POLLIN,
		};
		if (polled[WATCH_RUNS + 1].fd == -1)
			return 125;
		poll(polled, WATCH_RUNS + 2, -1);
		close(polled[WATCH_RUNS + 1].fd);
		if (polled[0].revents & POLLIN)
			accept_run(socket);
		for (size_t i = 0; i < WATCH_RUNS; i++) {
			if (polled[1 + i].revents & POLLIN)
				answer_call(&runs[i]);
			else if (polled[1 + i].revents)
				end_run(&runs[i]);
		}
		if (polled[WATCH_RUNS + 1].revents &&
		    waitid(P_PID, (id_t)command, &end, WEXITED) == 0)
			return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
	}
}

int main(int argc, char **argv)
{
	int sockets[2];
	pid_t command;

	if (argc < 4) {
		fprintf(stderr, "usage: guard LOG TREE COMMAND [ARG...]\n");
		return 125;
	}
	report = fopen(argv[1], "we");
	tree = argv[2];
	if (!report || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == -1) {
		perror("guard");
		return 125;
	}
	for (size_t i = 0; i < WATCH_RUNS; i++)
		runs[i].listener = -1;
	command = fork();
	if (command == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(sockets[1], GUARD_SOCKET) != -1)
			execvp(argv[3], argv + 3);
		perror("guard");
		_exit(125);
	}
	close(sockets[1]);
	return command == -1 ? 125 : watch(sockets[0], command);
}
