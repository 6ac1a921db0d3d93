/*
 * watch.h - what is known of the programs under way, and who decides what.
 */
#ifndef WATCH_H
#define WATCH_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "guard.h"
#include "process.h"

enum {
	WATCH_RUNS = 256, /* under way at once */
	WATCH_LINES = 100, /* of the log */
	WATCH_REFUSALS = 1000, /* then the runtime is ended */
	WATCH_MESSAGES = 65536, /* bytes on its standard error, likewise */
};

/* One start of the program. */
struct run {
	int listener; /* where its processes' calls come in; -1: free */
	pid_t pid; /* its first process; 0: it has not started yet */
	const char *name; /* of the program: what its messages begin with */
	struct stat program; /* the file it runs */
	struct process_strings arguments, environment; /* what it was started with */
	struct stat standard[3]; /* and its open files 0 to 2 */
	bool is_open[3];
	struct stat mounts; /* the mount namespace that it was started in: the tests' */
	bool mid_line; /* its last message has not ended yet */
	bool executed; /* COMMAND has been seen */
	pid_t executing; /* a process that is about to become COMMAND */
	pid_t mapping; /* or newuidmap, which is not the command */
	unsigned int refusals;
	size_t messages; /* bytes */
};

/* A call that waits, and what is said to it; it goes on unless one of the two below was called. */
struct call {
	struct run *run;
	pid_t pid;
	const struct seccomp_data *data;
	struct seccomp_notif_resp *answer;
};

/* watch.c */

/* No points for this test. The call goes on. */
void foul(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The call fails with EPERM. Said to the log, but not every time. */
void refuse(const struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* code.c */

/* TREE is a root file system whose programs may run wherever they were copied to. */
void code_trust(const char *tree, struct timespec began);

/* Whether all code of a process is from files that the program can't have made. */
bool code_is_genuine(pid_t pid);

/* rules.c */

/* For a process that still runs the program's file. */
void rules_for_runtime(const struct call *call, enum guard_kind kind);

/* For a process that has become the command. */
void rules_for_command(const struct call *call, enum guard_kind kind);

#endif
