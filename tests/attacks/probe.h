/*
 * probe.h - what every probe stands on: facts about the mock host, and the three answers.
 *
 * A probe finds out whether a door is open and does not walk through it: it opens for writing and
 * writes nothing, calls with an argument that is refused last, writes back what was there. Its
 * answer is its last line: "open: ...", "closed: ..." or "absent: ...", the last one where the
 * kernel has no such door at all.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stddef.h>
#include <sys/types.h>

struct probe {
	const char *name;
	void (*attempt)(void); /* ends in one of the answers */
};

/* Each ends with an entry without a name. */
extern const struct probe process_probes[];
extern const struct probe file_probes[];
extern const struct probe mount_probes[];
extern const struct probe device_probes[];
extern const struct probe limit_probes[];
extern const struct probe network_probes[];
extern const struct probe kernel_probes[];
extern const struct probe rights_probes[];

/* What the command line says of NAME, as NAME=VALUE; if it says nothing: absent. */
const char *fact(const char *name);
unsigned long fact_number(const char *name);

/* PATH of the container's, where its root is; steps without a root of their own get it by fact. */
const char *inside(const char *path);

/* The answers. */
_Noreturn void open_door(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void closed(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void absent(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Closed, with the words for errno; absent if that is ENOSYS. */
_Noreturn void refused(const char *what);

/*
 * By the RESULT of a system call: open if it succeeded or failed with the errno PROOF, which stands
 * behind the check of rights; else refused.
 */
_Noreturn void decide(long result, int proof, const char *what);

/* Open if PATH can be opened with FLAGS, which hold no O_CREAT. */
_Noreturn void decide_open(const char *path, int flags);

/* Open, with what the file says, which must be the canary. Closes FD; -1: refused. */
_Noreturn void decide_canary(int fd, const char *what);

/* The exit status of a child that runs WORK; 128 and the signal's number if one killed it. */
int in_child(int (*work)(void));

#endif
