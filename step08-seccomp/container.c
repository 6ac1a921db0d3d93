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
	/* Before anything can be allocated or forked that the limits would not count. */
	if (cgroup_join(c) == -1)
		return EXIT_RUNTIME;
	if (gate_wait(c) == -1)
		return EXIT_RUNTIME;
	if (init_die_with_parent(c) == -1)
		return EXIT_RUNTIME;
	if (uts_set_hostname(c) == -1)
		return EXIT_RUNTIME;
	/* First of all mounts: from here on none of ours reaches the host. */
	if (mount_make_private() == -1)
		return EXIT_RUNTIME;
	if (overlay_mount(c) == -1)
		return EXIT_RUNTIME;
	if (mount_root(c) == -1)
		return EXIT_RUNTIME;
	if (mount_proc(c) == -1)
		return EXIT_RUNTIME;
	if (dev_mount(c) == -1)
		return EXIT_RUNTIME;
	if (dev_mount_sys(c) == -1)
		return EXIT_RUNTIME;
	if (mask_paths(c) == -1)
		return EXIT_RUNTIME;
	if (volume_attach(c) == -1)
		return EXIT_RUNTIME;
	if (mask_protect_root(c) == -1)
		return EXIT_RUNTIME;
	if (mount_pivot(c) == -1)
		return EXIT_RUNTIME;
	/* Here, as the next call closes the gate's pipe too. */
	if (seccomp_receive(c) == -1)
		return EXIT_RUNTIME;
	/*
	 * An open descriptor still leads to the host, and --workdir /proc/self/fd/N would follow
	 * it (CVE-2024-21626): close-on-exec is too late, the chdir comes before.
	 */
	if (syscall(SYS_close_range, 3, ~0U, 0) == -1) {
		fail("close descriptors");
		return EXIT_RUNTIME;
	}
	if (net_configure(c) == -1)
		return EXIT_RUNTIME;
	if (mount_enter_workdir(c) == -1)
		return EXIT_RUNTIME;
	if (capability_drop(c) == -1)
		return EXIT_RUNTIME;
	/* Last of all, as the filter holds for us too. */
	if (seccomp_restrict(c) == -1)
		return EXIT_RUNTIME;
	if (c->init)
		return init_run(c);
	job_inherit(&c->job);
	return execute(c->command, c->env);
}

/* Waits for the child, and meanwhile is to the shell what the command would be. */
static int container_wait(struct container *c)
{
	siginfo_t event;
	int status;
	bool stopping = false;

	while (job_wait(&event) == 0) {
		switch (event.si_signo) {
		case SIGCHLD:
			if (job_reap(&c->job, c->pid, &status))
				return status;
			break;
		case SIGTSTP:
		case SIGTTIN:
		case SIGTTOU:
			/* PID 1 ignores these, but not SIGSTOP from outside. When it stops, so do we. */
			if (c->job.terminal != -1)
				kill(c->pid, SIGSTOP);
			break;
		case SIGHUP:
		case SIGTERM:
			/* PID 1 gets only signals that it has a handler for: wait, but not for ever. */
			if (!job_forward(c->pid, &event) || stopping)
				break;
			/* While the terminal is there, a hang-up is somebody's word for: reload. */
			if (event.si_signo == SIGHUP && !job_hung_up(&c->job))
				break;
			alarm(c->stop_timeout);
			stopping = true;
			break;
		case SIGALRM:
			/* From outside its namespace SIGKILL reaches even PID 1, and with it all die. */
			kill(c->pid, stopping ? SIGKILL : SIGALRM);
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
	/* The IPC namespace rides along: shared memory and queues outlive processes, not containers. */
	args.flags |= CLONE_NEWPID | CLONE_NEWIPC;
	args.flags |= CLONE_NEWNS;
	if (c->network != NETWORK_HOST)
		args.flags |= CLONE_NEWNET;
	if (init_open_runtime(c) == -1)
		goto out;
	if (volume_open_sources(c) == -1)
		goto out;
	if (overlay_open_layers(c) == -1)
		goto out;
	if (overlay_lock_upper(c) == -1)
		goto out;
	if (net_choose_subnet(c) == -1)
		goto out;
	if (cgroup_create(c) == -1)
		goto out;
	if (gate_create(c) == -1)
		goto out;
	if (c->cgroup_v2 != -1) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned int)c->cgroup_v2;
	}

	c->pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (c->pid == -1) {
		fail("start a process");
		if (errno == EPERM && geteuid() != 0)
			hint("new namespaces are root's to make: try sudo");
		goto out;
	}
	if (c->pid == 0)
		_exit(container_child(c));

	/* The parent's part, from outside; the child waits until it is done. */
	if (net_connect(c) == -1)
		goto reap;
	if (gate_open(c) == -1)
		goto reap;
	/* To compile the filter takes about as long as all the mounts: both at once. */
	if (seccomp_send(c) == -1)
		goto reap;
reap:
	gate_close(c);
	status = container_wait(c);
	cgroup_report(c);
out:
	if (cgroup_remove(c) == -1)
		status = EXIT_RUNTIME;
	job_end(&c->job);
	return status;
}
