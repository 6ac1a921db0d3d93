/*
 * denylist FILE: forbids itself, by name, to make user namespaces and set-uid files, as known tutorials
 * do; then does both by calls that came later. Prints what was refused and what was done.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

static int deny(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);

	return !filter ||
	    seccomp_rule_add(filter, refuse, SCMP_SYS(fchmodat), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, S_ISUID, S_ISUID)) ||
	    seccomp_rule_add(filter, refuse, SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)) ||
	    seccomp_rule_add(filter, refuse, SCMP_SYS(unshare), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)) ||
	    seccomp_load(filter);
}

static void show(const char *name, long result)
{
	printf("%s %s\n", name, result == -1 ? "refused" : "done");
	fflush(stdout);
}

static void show_process(const char *name, long pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	show(name, pid);
}

int main(int argc, char **argv)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };

	if (argc != 2 || deny())
		return 2;
	show("fchmodat", syscall(SYS_fchmodat, AT_FDCWD, argv[1], 04755));
	show("fchmodat2", syscall(SYS_fchmodat2, AT_FDCWD, argv[1], 04755, 0));
	show_process("clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	show_process("clone3", syscall(SYS_clone3, &args, sizeof(args)));
	return 0;
}
