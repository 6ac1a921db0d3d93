/*
 * runs-unshare - lets unshare(1), bwrap(1) and busybox do the work.
 * scores: 0
 * says: executes .*: that is not the command that it was given
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "status.h"

static int run_as(struct container *c, const char *tool, const char *option, const char *script)
{
	char *arguments[64] = { (char *)tool, (char *)option, "sh", "-c", (char *)script, "sh",
		(char *)c->hostname };
	int status;

	for (size_t i = 0; c->command[i] && i < 50; i++)
		arguments[7 + i] = c->command[i];
	if (fork() == 0) {
		execvp(tool, arguments);
		_exit(EXIT_RUNTIME);
	}
	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_RUNTIME;
}

int container_run(struct container *c)
{
	static const char script[] = "hostname \"$1\"; shift; exec \"$@\"";
	int status;

	status = run_as(c, "unshare", "--uts", script);
	if (status == EXIT_RUNTIME)
		status = run_as(c, "/usr/bin/unshare", "--uts", script);
	if (status == EXIT_RUNTIME)
		status = run_as(c, "busybox", "unshare", script);
	if (status == EXIT_RUNTIME)
		status = run_as(c, "bwrap", "--unshare-uts", script);
	return status;
}
