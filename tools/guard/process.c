/*
 * process.c - what can be seen of a process from outside: proc(5), process_vm_readv(2).
 *
 * The process waits for an answer meanwhile. It has no threads and shares no memory (filter.c
 * sees to that), so what is read here is what the kernel will read.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "process.h"

static FILE *open_file(pid_t pid, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

int process_stat(pid_t pid, const char *name, struct stat *status)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return stat(path, status);
}

bool process_is(pid_t pid, const char *name, const struct stat *status)
{
	struct stat found;

	return process_stat(pid, name, &found) == 0 && found.st_dev == status->st_dev &&
	    found.st_ino == status->st_ino;
}

ssize_t process_read(pid_t pid, uint64_t address, void *buffer, size_t size)
{
	ssize_t total = 0;

	/* A page at a time: a read that would leave the mapping gives nothing at all. */
	while ((size_t)total < size) {
		size_t room = 4096 - (address + (uint64_t)total) % 4096;
		size_t rest = size - (size_t)total;
		struct iovec here = { (char *)buffer + total, rest < room ? rest : room };
		struct iovec there = { (void *)(uintptr_t)(address + (uint64_t)total),
			here.iov_len };
		ssize_t count = process_vm_readv(pid, &here, 1, &there, 1, 0);

		if (count <= 0)
			return total > 0 ? total : -1;
		total += count;
	}
	return total;
}

char *process_string(pid_t pid, uint64_t address)
{
	char *text = NULL, *larger;
	size_t size = 0;

	/* To the end of a page at a time: what is behind the string need not be there. */
	while (size < PROCESS_TEXT) {
		ssize_t count;

		larger = realloc(text, size + 4096);
		if (!larger)
			break;
		text = larger;
		count =
		    process_read(pid, address + size, text + size, 4096 - (address + size) % 4096);
		if (count <= 0)
			break;
		if (memchr(text + size, '\0', (size_t)count))
			return text;
		size += (size_t)count;
	}
	free(text);
	return NULL;
}

bool process_strings(pid_t pid, uint64_t address, struct process_strings *strings)
{
	enum { MOST = 8192 };
	uint64_t *pointers = calloc(MOST + 1, sizeof(*pointers));
	ssize_t size = -1;

	memset(strings, 0, sizeof(*strings));
	if (pointers)
		size = process_read(pid, address, pointers, MOST * sizeof(*pointers));
	strings->items = calloc(MOST + 1, sizeof(*strings->items));
	if (size < 0 || !strings->items)
		goto fail;
	for (size_t i = 0; i < (size_t)size / sizeof(*pointers) && pointers[i]; i++) {
		strings->items[i] = process_string(pid, pointers[i]);
		if (!strings->items[i])
			goto fail;
		strings->count++;
	}
	if (strings->count == MOST)
		goto fail;
	free(pointers);
	return true;
fail:
	free(pointers);
	process_strings_free(strings);
	return false;
}

void process_strings_free(struct process_strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->items[i]);
	free(strings->items);
	memset(strings, 0, sizeof(*strings));
}

bool process_strings_have(const struct process_strings *strings, const char *text)
{
	for (size_t i = 0; i < strings->count; i++)
		if (strcmp(strings->items[i], text) == 0)
			return true;
	return false;
}

long process_field(pid_t pid, const char *file, const char *field)
{
	FILE *lines = open_file(pid, file);
	char line[1024], *last;
	long value = -1;

	while (lines && value == -1 && fgets(line, sizeof(line), lines)) {
		if (strncmp(line, field, strlen(field)) != 0)
			continue;
		last = strrchr(line, '\t');
		value = strtol(last ? last : line + strlen(field), NULL, 10);
	}
	if (lines)
		fclose(lines);
	return value;
}

int process_open(pid_t pid, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	char base[64];
	int directory, file;

	snprintf(base, sizeof(base), "/proc/%d/%s", pid, *path == '/' ? "root" : "cwd");
	directory = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory == -1)
		return -1;
	file = (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
	close(directory);
	return file;
}

bool process_holds_detached(pid_t pid, int descriptor)
{
	char file[64], line[4096];
	long mount, listed;
	FILE *table;
	bool found = false;

	snprintf(file, sizeof(file), "fdinfo/%d", descriptor);
	mount = process_field(pid, file, "mnt_id:");
	table = open_file(pid, "mountinfo");
	while (table && !found && fgets(line, sizeof(line), table))
		found = sscanf(line, "%ld", &listed) == 1 && listed == mount;
	if (table)
		fclose(table);
	return table && mount != -1 && !found;
}
