/*
 * container.h - what a container is made of here, and who does what.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
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

	/* init.c */
	bool init; /* --init: PID 1 is ours, and the command its child */
	unsigned int stop_timeout; /* --stop-timeout: seconds between SIGTERM and SIGKILL */
	int runtime; /* a pidfd of the runtime, for the child to see whether it lives */
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

/* init.c */

/* In the parent, before the clone: opens c->runtime. */
int init_open_runtime(struct container *c);

/* In the child: SIGKILL for it when the runtime ends, however that ends; -1 if it has already. */
int init_die_with_parent(const struct container *c);

/* --init: as PID 1, runs the command and reaps what it leaves. Returns its exit status. */
int init_run(const struct container *c);

#endif
