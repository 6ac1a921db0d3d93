/*
 * guard.h - what the two halves of the guard share.
 *
 * The guard stands between a program that is graded and the kernel: seccomp_unotify(2). starter.c
 * starts the program behind a filter that stops its interesting system calls; watch.c, outside
 * the sandbox, is asked about each of them.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>

/* The descriptor by which starter.c reaches watch.c: high, so that no test closes it. */
#define GUARD_SOCKET 200

/* Where the programs lie, in the room; starter.c is elsewhere under the same name. */
#define GUARD_PROGRAMS "/ladder/program"

/* What a stopped call means to watch.c. */
enum guard_kind {
	GUARD_EXECUTE,
	GUARD_EXIT,
	GUARD_WRITE,
	GUARD_SIGNAL,
	GUARD_MOUNT,
	GUARD_CLONE,
	GUARD_CLONE3,
	GUARD_PRCTL,
	GUARD_SECCOMP,
	GUARD_REFUSE, /* the runtime has no use for it */
};

/* Stopped always, or only if the argument numbered ARGUMENT has one of BITS. */
struct guard_rule {
	int call;
	enum guard_kind kind;
	int argument;
	uint32_t bits;
};

extern const struct guard_rule guard_rules[];
extern const size_t guard_rule_count;

/* Installs the filter for this process and what it starts. A descriptor to answer by, or -1. */
int guard_install(void);

#endif
