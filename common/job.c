/*
 * job.c - standing in for the command in front of the shell: signals and job control.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job.h"
#include "report.h"
#include "status.h"

int job_open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd == -1)
			return fail("open /dev/null");
		/* The command shall find them open too. */
		if (fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) == -1)
			return fail("keep descriptor %d open", fd);
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

int job_begin(struct job *job)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t all;

	/* A caller that ignores SIGCHLD would have the kernel reap our child (wait(2), NOTES). */
	sigfillset(&all);
	if (sigaction(SIGCHLD, &standard, NULL) == -1 ||
	    sigprocmask(SIG_BLOCK, &all, &job->mask) == -1)
		return fail("block signals");

	job->terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	job->foreground = job->terminal != -1 && tcgetpgrp(job->terminal) == getpgrp();
	return 0;
}

void job_inherit(const struct job *job)
{
	sigprocmask(SIG_SETMASK, &job->mask, NULL);
}

int job_wait(siginfo_t *event)
{
	sigset_t all;

	sigfillset(&all);
	while (sigwaitinfo(&all, event) == -1)
		/* Linux: also after a stop and a SIGCONT, without any handler (signal(7)). */
		if (errno != EINTR)
			return fail("wait for a signal");
	return 0;
}

int job_status(int wait)
{
	return WIFEXITED(wait) ? WEXITSTATUS(wait) : EXIT_SIGNAL + WTERMSIG(wait);
}

/* PID has stopped. Stops us too, until the shell continues us. */
static void job_suspend(pid_t pid)
{
	sigset_t stop;

	/*
	 * Always TSTP: the signal that came could come again while it is let through, from a
	 * command that was continued and reads the terminal before us, and stop us alone. Not
	 * STOP: where no shell could continue us (an orphaned group), the kernel ignores TSTP.
	 */
	raise(SIGTSTP); /* pending, as it is blocked */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here we stop, and here fg continues us */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	kill(pid, SIGCONT);
}

bool job_reap(const struct job *job, pid_t pid, int *status)
{
	int wait;
	pid_t changed = waitpid(pid, &wait, WNOHANG | WUNTRACED);

	if (changed == -1) {
		/* Nobody will tell us of its end any more. What it leaves ends with us. */
		fail("wait for the command");
		*status = EXIT_RUNTIME;
		return true;
	}
	if (changed != pid)
		return false;
	if (WIFSTOPPED(wait)) {
		/* Without a terminal there is no shell to tell, and nobody to continue us. */
		if (job->terminal != -1)
			job_suspend(pid);
		return false;
	}
	*status = job_status(wait);
	return true;
}

bool job_forward(pid_t pid, const siginfo_t *event)
{
	struct sigaction action;

	/* What our caller ignores, as nohup(1) does, we were only told of because it is blocked. */
	if (sigaction(event->si_signo, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
		return false;
	if (event->si_code != SI_KERNEL)
		kill(pid, event->si_signo);
	return true;
}

bool job_hung_up(const struct job *job)
{
	return job->terminal != -1 && tcgetpgrp(job->terminal) == -1;
}

void job_end(struct job *job)
{
	pid_t owner;

	if (job->terminal == -1)
		return;
	/*
	 * A shell inside gave the terminal to a group of its own. That group is gone now, and a
	 * terminal whose foreground is gone answers nobody. If the group lives, a shell outside
	 * took the terminal when it put us in the background: leave it.
	 */
	owner = tcgetpgrp(job->terminal);
	if (job->foreground && owner > 0 && kill(-owner, 0) == -1 && errno == ESRCH)
		tcsetpgrp(job->terminal, getpgrp()); /* no SIGTTOU: it is blocked */
	close(job->terminal);
	job->terminal = -1;
}
