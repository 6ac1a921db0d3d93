/*
 * container.c - the life of one container, top to bottom.
 *
 * The kernel knows no containers. It knows processes, and a container is one that was started
 * with some care: container_run() is what happens outside, container_child() what the new
 * process does to itself until it becomes the command.
 */
#include <errno.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "execute.h"
#include "report.h"
#include "status.h"

/* In the child. Returns only if there is no command to become: the exit status. */
static int container_child(struct container *c)
{
	/*
	 * exec passes on more than arguments: open descriptors, the environment, the umask, the
	 * working directory, limits, signal mask and ignored signals (execve(2)). A descriptor
	 * of the caller's is a way out of every wall built from here on, so none above 2 goes.
	 */
	if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == -1) {
		fail("mark descriptors to be closed");
		return EXIT_RUNTIME;
	}
	umask(022);
	if (uts_set_hostname(c) == -1)
		return EXIT_RUNTIME;
	job_inherit(&c->job);
	return execute(c->command, c->env);
}

/* Waits for the child, and meanwhile is to the shell what the command would be. */
static int container_wait(struct container *c)
{
	siginfo_t event;
	int status;

	while (job_wait(&event) == 0) {
		switch (event.si_signo) {
		case SIGCHLD:
			if (job_reap(&c->job, c->pid, &status))
				return status;
			break;
		default:
			job_forward(c->pid, &event);
		}
	}
	kill(c->pid, SIGKILL);
	waitpid(c->pid, &status, 0);
	return EXIT_RUNTIME;
}

int container_run(struct container *c)
{
	/* No flag but the signal at its end: this is fork(2). Each namespace is one more flag. */
	struct clone_args args = {
		.exit_signal = SIGCHLD,
	};
	int status = EXIT_RUNTIME;

	if (job_begin(&c->job) == -1)
		return EXIT_RUNTIME;
	args.flags |= CLONE_NEWUTS;

	c->pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (c->pid == -1) {
		fail("start a process");
		if (errno == EPERM && geteuid() != 0)
			hint("new namespaces are root's to make: try sudo");
		goto out;
	}
	if (c->pid == 0)
		_exit(container_child(c));

	status = container_wait(c);
out:
	job_end(&c->job);
	return status;
}
