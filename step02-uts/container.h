/*
 * container.h - what a container is made of here, and who does what.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <sys/types.h>

#include "job.h"

/* Strings belong to the command line and live as long as the program. */
struct container {
	char **command; /* the program and its arguments, NULL-terminated */
	char **env; /* its environment, NULL-terminated; main() frees it */
	struct job job; /* the caller's signal mask and terminal */
	pid_t pid; /* the container's first process, as the host numbers it */

	/* uts.c */
	const char *hostname; /* --hostname */
};

/*
 * Unless another contract is given, a function returns 0, or -1 with the error reported.
 */

/* container.c */

/* Runs one container, start to end. Returns the exit status for the shell. */
int container_run(struct container *c);

/* uts.c */

/* In the child: gives the container its own hostname. */
int uts_set_hostname(const struct container *c);

#endif
