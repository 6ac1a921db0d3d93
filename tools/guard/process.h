/*
 * process.h - what can be seen of a process from outside: proc(5), process_vm_readv(2).
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* The longest piece of memory, argument list or message that the guard looks at, in bytes. */
#define PROCESS_TEXT 65536

/* A list of strings, as execve(2) takes it, in one block: bytes, then where each begins. */
struct process_strings {
	char *text;
	size_t size; /* bytes of text */
	char **items; /* NULL-terminated */
	size_t count;
};

/* Status of /proc/PID/NAME, links followed. 0 or -1. */
int process_stat(pid_t pid, const char *name, struct stat *status);

/* True if /proc/PID/NAME is the file STATUS. */
bool process_is(pid_t pid, const char *name, const struct stat *status);

/* Copies SIZE bytes at ADDRESS, or as many as there are. Returns how many, or -1. */
ssize_t process_read(pid_t pid, uint64_t address, void *buffer, size_t size);

/* A NUL-terminated string. NULL if there is none; else to be freed. */
char *process_string(pid_t pid, uint64_t address);

/* A list of pointers to strings. False if it can't be read or is too long. */
bool process_strings(pid_t pid, uint64_t address, struct process_strings *strings);
void process_strings_free(struct process_strings *strings);
bool process_strings_have(const struct process_strings *strings, const char *text);

/* The value of FIELD in /proc/PID/FILE, up to the end of the line: its last number. -1: none. */
long process_field(pid_t pid, const char *file, const char *field);

/* Opens PATH as the process would find it, for looking only (O_PATH). */
int process_open(pid_t pid, const char *path);

/* True if the mount of the process's descriptor is in no table: a detached tree. */
bool process_holds_detached(pid_t pid, int descriptor);

#endif
