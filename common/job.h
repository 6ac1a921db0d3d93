/*
 * job.h - standing in for the command in front of the shell: signals and job control.
 *
 * Runtime and command share a process group, so what the terminal sends (Ctrl-C, Ctrl-Z,
 * hang-up, a new size) reaches the command without us. What somebody sends to the runtime alone
 * is passed on. All signals are blocked and taken one by one: no handler, no race.
 */
#ifndef JOB_H
#define JOB_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct job {
	sigset_t mask; /* what the caller had blocked: the command's mask */
	int terminal; /* the controlling terminal, or -1: there is none */
	bool foreground; /* our group had the terminal when we started */
};

/* Opens what is closed of descriptors 0, 1 and 2, so that no later one gets their numbers. */
int job_open_standard(void);

/* Blocks every signal, so none is lost from here on. Returns 0, or -1 with the error reported. */
int job_begin(struct job *job);

/* In the command's process, last before exec: the signal mask that the caller had. */
void job_inherit(const struct job *job);

/* Waits for a signal. Returns 0, or -1 with the error reported. */
int job_wait(siginfo_t *event);

/* What wait(2) said of a child, as an exit status: its own, or 128+n. */
int job_status(int wait);

/*
 * True if the child PID has ended; then STATUS is its exit status, as above. If it has stopped and
 * there is a terminal, stops us too, and continues it when the shell continues us.
 */
bool job_reap(const struct job *job, pid_t pid, int *status);

/*
 * Passes EVENT on to PID, unless the terminal sent it: then PID's group has it already.
 * False if it does not count, because our caller ignores it.
 */
bool job_forward(pid_t pid, const siginfo_t *event);

/* True if we had a terminal and it is gone. */
bool job_hung_up(const struct job *job);

/* Takes the terminal back from a command that took it and is gone. */
void job_end(struct job *job);

#endif
