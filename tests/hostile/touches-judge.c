/*
 * touches-judge - traces, reads and at last kills those that started it.
 * scores: 0
 * never: reached the judge
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "container.h"
#include "report.h"
#include "status.h"

int container_run(struct container *c)
{
	char path[64], byte = 0;
	struct iovec piece = { &byte, 1 };
	pid_t judge = getppid();
	int file, reached = 0;

	(void)c;
	/* The parent is timeout(1), and the one before it the test. */
	for (pid_t pid = judge - 2; pid <= judge; pid++) {
		reached += ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0;
		reached += process_vm_readv(pid, &piece, 1, &piece, 1, 0) == 1;
		snprintf(path, sizeof(path), "/proc/%d/mem", pid);
		file = open(path, O_RDONLY);
		reached += file != -1;
		file = (int)syscall(SYS_pidfd_open, pid, 0);
		reached += file != -1 && syscall(SYS_pidfd_getfd, file, 1, 0) != -1;
	}
	if (reached) {
		refuse("reached the judge %d times", reached);
		return EXIT_RUNTIME;
	}
	kill(judge, SIGKILL);
	return 0;
}
