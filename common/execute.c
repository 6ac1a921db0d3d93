/*
 * execute.c - execve(2) with a search through the new environment's PATH.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "env.h"
#include "execute.h"
#include "report.h"
#include "status.h"

static bool is_directory(const char *file)
{
	struct stat status;

	return stat(file, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Fills FILE with the first executable NAME in PATH. Returns 0, or -1 with ENOENT or EACCES. */
static int search(const char *name, const char *path, char file[PATH_MAX])
{
	int error = ENOENT;

	while (path && *name) {
		size_t length = strcspn(path, ":");
		/* An empty entry is the working directory, as it is for a shell. */
		const char *format = length ? "%.*s/%s" : "%.*s./%s";

		if (snprintf(file, PATH_MAX, format, (int)length, path, name) < PATH_MAX &&
		    !is_directory(file)) {
			if (access(file, X_OK) == 0)
				return 0;
			if (errno == EACCES)
				error = EACCES;
		}
		path = path[length] ? path + length + 1 : NULL;
	}
	errno = error;
	return -1;
}

int execute(char *const argv[], char *const env[])
{
	char found[PATH_MAX];
	const char *file = argv[0];

	if (strchr(file, '/') || search(file, env_get(env, "PATH"), found) == 0) {
		if (!strchr(file, '/'))
			file = found;
		execve(file, argv, env);
	}

	fail("execute %s", argv[0]);
	switch (errno) {
	case ENOENT:
		if (strchr(file, '/') && access(file, F_OK) == 0) {
			errno = ENOENT;
			hint("the file is there, but not the interpreter that it names");
		}
		return EXIT_NOT_FOUND;
	case ENOEXEC:
		hint("not a program for this machine, or a script without a #! line");
		break;
	case EACCES:
		if (is_directory(file))
			hint("it is a directory");
		break;
	}
	return EXIT_CANNOT_EXECUTE;
}
