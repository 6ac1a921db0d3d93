/*
 * report.c - one line for what went wrong, one for how to mend it.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

static void report(const char *prefix, const char *format, va_list arguments, int error)
{
	char line[2 * PATH_MAX];
	const size_t room = sizeof(line) - 1; /* for the newline */
	size_t used = 0;

	/* snprintf() returns what it would have written: a line that is cut ends at room. */
	used += snprintf(line, room, "%s: ", prefix);
	if (used < room)
		used += vsnprintf(line + used, room - used, format, arguments);
	if (used < room && error)
		used += snprintf(line + used, room - used, ": %s", strerror(error));
	if (used >= room)
		used = room - 1;

	for (size_t i = 0; i < used; i++)
		if (iscntrl((unsigned char)line[i]))
			line[i] = '?';
	line[used++] = '\n';
	/* Nobody is left to tell if standard error is gone. */
	if (write(STDERR_FILENO, line, used) == -1)
		return;
}

int fail(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	report(program_invocation_short_name, format, arguments, error);
	va_end(arguments);
	errno = error;
	return -1;
}

int refuse(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	report(program_invocation_short_name, format, arguments, 0);
	va_end(arguments);
	errno = error;
	return -1;
}

void warn(const char *format, ...)
{
	char prefix[NAME_MAX];
	int error = errno;
	va_list arguments;

	snprintf(prefix, sizeof(prefix), "%s: warning", program_invocation_short_name);
	va_start(arguments, format);
	report(prefix, format, arguments, 0);
	va_end(arguments);
	errno = error;
}

void hint(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	report("hint", format, arguments, 0);
	va_end(arguments);
	errno = error;
}
