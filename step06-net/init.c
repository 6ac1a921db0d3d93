/*
 * init.c - PID 1 and its duties: pid_namespaces(7).
 *
 * CLONE_NEWPID made the child PID 1 of its own namespace. The kernel treats that process as it
 * treats the machine's init: orphans become its children, signals that it has no handler for
 * are dropped, and when it ends every other process in the namespace is killed.
 */
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "execute.h"
#include "report.h"
#include "status.h"

int init_open_runtime(struct container *c)
{
	c->runtime = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (c->runtime == -1)
		return fail("open a pidfd of the runtime");
	return 0;
}

/*
 * The order matters: ask for the signal first, then look whether the runtime had died before
 * that, when nobody would send it any more. getppid(2) can't tell: the parent of a PID 1 is
 * outside its namespace, and shows as 0 alive or dead. A pidfd is readable once its process ended.
 */
int init_die_with_parent(const struct container *c)
{
	struct pollfd runtime = { .fd = c->runtime, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return fail("ask to die with the runtime");
	switch (poll(&runtime, 1, 0)) {
	case 0:
		return 0;
	case -1:
		return fail("look for the runtime");
	default:
		return refuse("the runtime has ended before its container began");
	}
}

int init_run(const struct container *c)
{
	siginfo_t event;
	pid_t command, ended;
	int status;

	/* /proc/1/exe, a file of the host's, opens only with CAP_SYS_PTRACE now. exec undoes this. */
	prctl(PR_SET_DUMPABLE, 0);
	/* All signals have been blocked since job_begin(), and a blocked one isn't dropped. */
	command = fork();
	if (command == -1) {
		fail("start the command");
		return EXIT_RUNTIME;
	}
	if (command == 0) {
		job_inherit(&c->job);
		return execute(c->command, c->env);
	}

	while (job_wait(&event) == 0) {
		if (event.si_signo != SIGCHLD) {
			job_forward(command, &event);
			continue;
		}
		/* One SIGCHLD may stand for several children, ours and orphans: take them all. */
		while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
			if (ended == command)
				return job_status(status); /* and the kernel ends the rest */
		if (ended == -1) {
			fail("wait for the command");
			return EXIT_RUNTIME;
		}
	}
	return EXIT_RUNTIME;
}
