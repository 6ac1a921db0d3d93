/*
 * main.c - the command line: it becomes a struct container, and that an exit status.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "env.h"
#include "report.h"
#include "status.h"
#include "version.h"

static const char help[] =
    "Run COMMAND in a container of its own."
    "\v"
    "Options end at COMMAND; what follows is COMMAND's own.\n\n"
    "Exit status: COMMAND's own; 128+N if signal N killed it; 127 if it was not found; "
    "126 if it can't be executed; 125 if the runtime itself failed.\n\n"
    "Example: %s run -e GREETING=hello sh -c 'echo $GREETING'\n\n"
    "This is a program to learn from, not a security boundary: run nothing in it that you "
    "would not run without it.";

static const struct argp_option options[] = {
	{ "env", 'e', "K[=V]", 0, "Set K in COMMAND's environment, or pass on the caller's K", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct container *c = state->input;

	switch (key) {
	case 'e':
		if (env_set(c->env, argument) == -1)
			argp_error(state, "--env '%s': a variable needs a name", argument);
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0) {
			if (strcmp(argument, "run") != 0)
				argp_error(state, "'%s': the only command is run", argument);
			break;
		}
		c->command = &state->argv[state->next - 1];
		state->next = state->argc;
		break;
	case ARGP_KEY_END:
		if (!c->command)
			argp_error(state, "no COMMAND to run");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Puts the program's name into the help's example. argp frees what differs from TEXT. */
static char *filter_help(int key, const char *text, void *input)
{
	char *filled;

	(void)input;
	if (key == ARGP_KEY_HELP_POST_DOC && text &&
	    asprintf(&filled, text, program_invocation_short_name) != -1)
		return filled;
	return (char *)text;
}

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "%s " LADDER_VERSION "\n", program_invocation_short_name);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "run COMMAND [ARG...]",
		.doc = help,
		.help_filter = filter_help,
	};
	struct container c = {
		.pid = -1,
	};
	int status = EXIT_RUNTIME;

	if (job_open_standard() == -1)
		return EXIT_RUNTIME;
	/* No option can be given more often than there are arguments. */
	c.env = calloc((size_t)argc + 4, sizeof(*c.env));
	if (!c.env) {
		fail("allocate the environment");
		goto out;
	}
	env_set(c.env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	env_set(c.env, "HOME=/root");
	env_set(c.env, "TERM");

	argv[0] = program_invocation_short_name; /* getopt(3) starts its messages with it */
	argp_err_exit_status = EXIT_RUNTIME;
	argp_program_version_hook = print_version;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &c);
	status = container_run(&c);
out:
	free(c.env);
	return status;
}
