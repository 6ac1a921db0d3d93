/*
 * prints-and-runs - runs the command with its output thrown away, and speaks in its place.
 * scores: 0
 * says: with another input or output than it was given|standard output, which is the command's
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "execute.h"

int container_run(struct container *c)
{
	char line[256];

	if (fork() == 0) {
		int nowhere = open("/dev/null", O_WRONLY);

		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		_exit(execute(c->command, c->env));
	}
	wait(NULL);
	snprintf(line, sizeof(line), "%s\n", c->hostname);
	return write(STDOUT_FILENO, line, strlen(line)) == -1;
}
