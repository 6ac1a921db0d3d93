/*
 * measure - times whole processes, interleaved: each of the commands once, in random order, and again.
 *
 *   measure [-n ROUNDS] [-g MILLISECONDS] [-j COPIES] [-s SECONDS] [-p NAME] FILE
 *
 * FILE has a command a line: a name, then the program and its arguments, all separated by tabs. A %
 * that stands alone or ends a word is replaced by the copy's number. Prints a line a run: round, name,
 * microseconds from start to end, microseconds of CPU time, and the largest process's peak memory in
 * kilobytes. -g idles before each run, -j starts so many copies at once and waits for all, -s stops
 * with the round in which so much time has passed, -p says every ten seconds how far it is.
 *
 * CPU time is that of all processes: this one adopts what a command leaves behind (PR_SET_CHILD_SUBREAPER),
 * and waits for it before the next. A command that fails ends it all.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	COMMANDS = 100,
	WORDS = 300,
	COPIES = 1000,
	HANGS = 60, /* seconds */
};

struct command {
	char *name;
	char *words[WORDS + 1];
	int numbered; /* the word that takes the copy's number, or -1 */
};

static void die(const char *what, const char *which)
{
	fprintf(stderr, "measure: %s%s%s%s%s\n", what, which ? " " : "", which ? which : "",
	    errno ? ": " : "", errno ? strerror(errno) : "");
	exit(2);
}

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static size_t read_commands(const char *path, struct command commands[])
{
	FILE *file = fopen(path, "r");
	size_t count = 0, room = 0;
	char *line = NULL, *rest, *word;

	if (!file)
		die("open", path);
	for (; getline(&line, &room, file) > 0; line = NULL, room = 0) {
		struct command *command = &commands[count];
		int words = 0;

		rest = line;
		rest[strcspn(rest, "\n")] = '\0';
		command->name = strsep(&rest, "\t");
		command->numbered = -1;
		while ((word = strsep(&rest, "\t")) && words < WORDS) {
			if (*word && word[strlen(word) - 1] == '%')
				command->numbered = words;
			command->words[words++] = word;
		}
		if (words == 0 || word || ++count == COMMANDS)
			die("too few or too many words or commands at", command->name);
	}
	fclose(file);
	return count;
}

/* One copy; its standard error stays ours. */
static pid_t start(const struct command *command, unsigned int copy)
{
	char *words[WORDS + 1], numbered[256];
	posix_spawn_file_actions_t actions;
	pid_t pid;

	memcpy(words, command->words, sizeof(words));
	if (command->numbered != -1) {
		char *word = words[command->numbered];

		snprintf(numbered, sizeof(numbered), "%.*s%u", (int)strlen(word) - 1, word, copy);
		words[command->numbered] = numbered;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
	if (errno)
		die("start", words[0]);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Starts COPIES of COMMAND, waits until all have ended, and prints what they took. */
static void run(const struct command *command, unsigned long round, unsigned int copies)
{
	static pid_t pids[COPIES];
	double begin = microseconds(), end = begin, cpu = 0;
	unsigned int running = copies;
	struct rusage usage;
	long memory = 0;
	int status;
	pid_t pid;

	alarm(HANGS);
	for (unsigned int i = 0; i < copies; i++)
		pids[i] = start(command, i);
	while ((pid = wait4(-1, &status, 0, &usage)) > 0) {
		cpu += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
		    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
		if (usage.ru_maxrss > memory)
			memory = usage.ru_maxrss;
		for (unsigned int i = 0; i < copies; i++) {
			if (pids[i] != pid)
				continue;
			errno = 0;
			if (status != 0)
				die("not 0 was the exit status of", command->name);
			if (--running == 0)
				end = microseconds();
		}
	}
	printf("%lu\t%s\t%.1f\t%.0f\t%ld\n", round, command->name, end - begin, cpu, memory);
	fflush(stdout);
}

static unsigned long number(const char *text, unsigned long most)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	errno = 0;
	if (*text == '\0' || *end != '\0' || value > most)
		die("not a number, or too large:", text);
	return value;
}

int main(int argc, char **argv)
{
	static struct command commands[COMMANDS];
	unsigned long rounds = 1, gap = 0, copies = 1, seconds = 3600;
	double begin = microseconds(), said = begin;
	const char *name = NULL;
	size_t count, order[COMMANDS];
	int option;

	while ((option = getopt(argc, argv, "n:g:j:s:p:")) != -1) {
		if (option == 'n')
			rounds = number(optarg, 1000000);
		else if (option == 'g')
			gap = number(optarg, 10000);
		else if (option == 'j')
			copies = number(optarg, COPIES);
		else if (option == 's')
			seconds = number(optarg, 36000);
		else if (option == 'p')
			name = optarg;
		else
			return 2;
	}
	if (argc != optind + 1) {
		fprintf(stderr,
		    "usage: measure [-n ROUNDS] [-g MS] [-j COPIES] [-s SECONDS] [-p NAME] FILE\n");
		return 2;
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		die("adopt what commands leave behind", NULL);
	count = read_commands(argv[optind], commands);
	for (size_t i = 0; i < count; i++)
		order[i] = i;

	srandom(1); /* the same order each time */
	for (unsigned long round = 1; round <= rounds; round++) {
		for (size_t i = count; i > 1; i--) {
			size_t other = (size_t)random() % i, kept = order[i - 1];

			order[i - 1] = order[other];
			order[other] = kept;
		}
		for (size_t i = 0; i < count; i++) {
			usleep((useconds_t)gap * 1000);
			run(&commands[order[i]], round, (unsigned int)copies);
		}
		if (microseconds() - begin > (double)seconds * 1e6)
			break;
		if (name && microseconds() - said > 1e7) {
			said = microseconds();
			fprintf(stderr, "bench: %s: round %lu of %lu\n", name, round, rounds);
		}
	}
	return 0;
}
