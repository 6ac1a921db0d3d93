/*
 * probe - tries one door: probe NAME FACT=VALUE...; probe --list names them all.
 *
 * The facts say where the mock host keeps its canaries, never what they say.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static char **facts;

static const struct probe *const groups[] = {
	process_probes,
	file_probes,
	mount_probes,
	device_probes,
	limit_probes,
	network_probes,
	kernel_probes,
	rights_probes,
};

const char *fact(const char *name)
{
	size_t length = strlen(name);

	for (char **f = facts; *f; f++)
		if (strncmp(*f, name, length) == 0 && (*f)[length] == '=' && (*f)[length + 1])
			return *f + length + 1;
	absent("this host has no %s", name);
}

unsigned long fact_number(const char *name)
{
	return strtoul(fact(name), NULL, 0);
}

const char *inside(const char *path)
{
	static char paths[4][4096];
	static int next;
	char *result = paths[next++ % 4];

	snprintf(
	    result, sizeof(paths[0]), "%s%s", strcmp(fact("root"), "/") ? fact("root") : "", path);
	return result;
}

static _Noreturn void answer(const char *verdict, const char *format, va_list arguments)
{
	printf("%s: ", verdict);
	vprintf(format, arguments);
	putchar('\n');
	fflush(stdout);
	_exit(0);
}

void open_door(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	answer("open", format, arguments);
}

void closed(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	answer("closed", format, arguments);
}

void absent(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	answer("absent", format, arguments);
}

void refused(const char *what)
{
	if (errno == ENOSYS)
		absent("%s: %m", what);
	closed("%s: %m", what);
}

void decide(long result, int proof, const char *what)
{
	if (result != -1)
		open_door("%s", what);
	if (errno == proof)
		open_door("%s: %m, which comes after the check of rights", what);
	refused(what);
}

void decide_open(const char *path, int flags)
{
	decide(open(path, flags | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), 0, "open");
}

void decide_canary(int fd, const char *what)
{
	char text[128];
	ssize_t length;

	if (fd == -1)
		refused(what);
	length = read(fd, text, sizeof(text) - 1);
	if (length == -1)
		refused(what);
	text[length] = '\0';
	open_door("%s: %.*s", what, (int)strcspn(text, "\n"), text);
}

int in_child(int (*work)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(work());
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		refused("fork");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		for (const struct probe *p = groups[i]; p->name; p++) {
			if (argc == 2 && strcmp(argv[1], "--list") == 0)
				puts(p->name);
			if (argc < 2 || strcmp(argv[1], p->name) != 0)
				continue;
			facts = argv + 2;
			p->attempt();
			break;
		}
	return argc == 2 && strcmp(argv[1], "--list") == 0 ? 0 : 2;
}
