/*
 * file.c - small files in one go: what the kernel shows as one line of text.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

/* close(2) that leaves the errno of what came before. */
static void close_quietly(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

int file_write(int directory, const char *name, const char *format, ...)
{
	char text[256];
	va_list arguments;
	int fd, length;
	ssize_t written;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (length < 0 || length >= (int)sizeof(text)) {
		errno = EOVERFLOW;
		return -1;
	}
	fd = openat(directory, name, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	written = write(fd, text, (size_t)length);
	close_quietly(fd);
	return written == -1 ? -1 : 0;
}

int file_read(int directory, const char *name, char *text, size_t size)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd == -1)
		return -1;
	length = read(fd, text, size - 1);
	close_quietly(fd);
	text[length > 0 ? length : 0] = '\0';
	return length == -1 ? -1 : 0;
}

bool file_has_word(int directory, const char *name, const char *word)
{
	char text[4096];
	char *found, *rest = text;

	if (file_read(directory, name, text, sizeof(text)) == -1)
		return false;
	while ((found = strsep(&rest, " \n")))
		if (strcmp(found, word) == 0)
			return true;
	return false;
}

uint64_t file_read_count(int directory, const char *name, const char *key)
{
	char text[4096];
	size_t length = strlen(key);
	char *line, *rest = text;

	if (file_read(directory, name, text, sizeof(text)) == -1)
		return 0;
	while ((line = strsep(&rest, "\n")))
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtoull(line + length, NULL, 10);
	return 0;
}
