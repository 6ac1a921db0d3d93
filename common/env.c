/*
 * env.c - the command's environment, built from nothing.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "env.h"

/* Where NAME, LENGTH bytes long, stands in ENV, or else ENV's end. */
static size_t env_find(char *const env[], const char *name, size_t length)
{
	size_t i;

	for (i = 0; env[i]; i++)
		if (strncmp(env[i], name, length) == 0 && env[i][length] == '=')
			break;
	return i;
}

int env_set(char **env, const char *entry)
{
	size_t length = strcspn(entry, "=");

	if (length == 0)
		return -1;
	if (entry[length] == '\0')
		entry = environ[env_find(environ, entry, length)];
	if (entry)
		env[env_find(env, entry, length)] = (char *)entry; /* as execve(2) wants it */
	return 0;
}

const char *env_get(char *const env[], const char *name)
{
	size_t length = strlen(name);
	const char *entry = env[env_find(env, name, length)];

	return entry ? entry + length + 1 : NULL;
}
