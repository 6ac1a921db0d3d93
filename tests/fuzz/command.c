/*
 * command - the whole command line: the input's words, between NULs, are the arguments.
 *
 * Nothing is run: where the container would start, it is looked at what became of the arguments.
 *
 * wraps: container_run argp_parse argp_error job_open_standard
 */
#include <argp.h>

#include "container.h"
#include "env.h"
#include "fuzz.h"

#define MOST 64

int ladder_main(int argc, char **argv);
int __wrap_container_run(struct container *c);
int __wrap_job_open_standard(void);
error_t __real_argp_parse(
    const struct argp *argp, int argc, char **argv, unsigned flags, int *end, void *input);
error_t __wrap_argp_parse(
    const struct argp *argp, int argc, char **argv, unsigned flags, int *end, void *input);

void __wrap_argp_error(const struct argp_state *state, const char *format, ...);

static char **arguments;
static bool refused;

int __wrap_job_open_standard(void)
{
	return 0;
}

/* What would end the program ends the run only: parsing goes on, and is not looked at any more. */
void __wrap_argp_error(const struct argp_state *state, const char *format, ...)
{
	(void)state;
	CHECK(*format);
	refused = true;
}

error_t __wrap_argp_parse(
    const struct argp *argp, int argc, char **argv, unsigned flags, int *end, void *input)
{
	error_t error = __real_argp_parse(argp, argc, argv, flags | ARGP_NO_EXIT, end, input);

	refused = refused || error != 0;
	return error;
}

int __wrap_container_run(struct container *c)
{
	bool ours = false;

	if (refused || !c->command)
		return 125;
	for (char **one = arguments; *one; one++)
		ours = ours || *one == c->command[0];
	CHECK(ours);
	CHECK(*c->hostname && strlen(c->hostname) <= 64);
	CHECK(c->stop_timeout >= 1 && c->stop_timeout <= 86400);
	CHECK(*c->workdir == '/');
	CHECK(c->memory_max >= 6 << 20 && c->pids_max >= 1);
	CHECK(env_get(c->env, "PATH"));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char name[] = "fuzz";
	static char *argv[MOST + 2];
	char *text = fuzz_string(data, size);
	int argc = 1;

	argv[0] = name;
	/* argp's own --HANG sleeps for an hour. */
	for (char *word = text; argc <= MOST && word < text + size; word += strlen(word) + 1)
		if (strncmp(word, "--H", 3) != 0)
			argv[argc++] = word;
	argv[argc] = NULL;
	arguments = argv + 1;
	refused = false;
	ladder_main(argc, argv);
	free(text);
	return 0;
}
