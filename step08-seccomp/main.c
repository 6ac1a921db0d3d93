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
#include "number.h"
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

enum {
	OPTION_INIT = 256,
	OPTION_STOP_TIMEOUT,
	OPTION_ROOTFS,
	OPTION_READ_ONLY,
	OPTION_PIDS_LIMIT,
	OPTION_CPUS,
	OPTION_NETWORK,
	OPTION_SUBNET,
	OPTION_LAYER,
	OPTION_UPPER,
	OPTION_STORAGE_SIZE,
	OPTION_CAP_ADD,
	OPTION_CAP_DROP,
	OPTION_SECURITY_OPT,
	OPTION_PRINT_FILTER,
};

static const struct argp_option options[] = {
	{ "env", 'e', "K[=V]", 0, "Set K in COMMAND's environment, or pass on the caller's K", 0 },
	{ "hostname", 'h', "NAME", 0, "The container's hostname (default: container)", 0 },
	{ "init", OPTION_INIT, NULL, 0, "Run a minimal init as PID 1, which reaps orphans", 0 },
	{ "stop-timeout", OPTION_STOP_TIMEOUT, "SECONDS", 0,
	    "After SIGTERM, wait this long before SIGKILL (default: 10)", 0 },
	{ "rootfs", OPTION_ROOTFS, "DIR", 0, "The root file system (default: rootfs)", 0 },
	{ "volume", 'v', "SRC:DST[:ro]", 0, "Show the host's SRC at DST in the container", 0 },
	{ "workdir", 'w', "DIR", 0, "Where COMMAND starts, in the container (default: /)", 0 },
	{ "read-only", OPTION_READ_ONLY, NULL, 0, "Make the root file system read-only", 0 },
	{ "memory", 'm', "SIZE", 0, "Limit memory: bytes, K, M, G, or max (default: 100M)", 0 },
	{ "pids-limit", OPTION_PIDS_LIMIT, "N", 0, "Limit processes and threads (default: 100)",
	    0 },
	{ "cpus", OPTION_CPUS, "DECIMAL", 0, "Limit CPU time to so many CPUs' (default: no limit)",
	    0 },
	{ "network", OPTION_NETWORK, "MODE", 0, "none (default), veth, or host", 0 },
	{ "subnet", OPTION_SUBNET, "CIDR", 0, "Take --network veth's addresses from here", 0 },
	{ "layer", OPTION_LAYER, "DIR", 0,
	    "A layer of the root, instead of --rootfs; repeated, the topmost first", 0 },
	{ "upper", OPTION_UPPER, "DIR", 0, "Keep what is written to the root in DIR/upper", 0 },
	{ "storage-size", OPTION_STORAGE_SIZE, "SIZE", 0,
	    "Limit what is written to the root if it is not kept (default: 64M)", 0 },
	{ "cap-add", OPTION_CAP_ADD, "CAP", 0, "Keep a capability, or ALL", 0 },
	{ "cap-drop", OPTION_CAP_DROP, "CAP", 0, "Drop a capability, or ALL", 0 },
	{ "security-opt", OPTION_SECURITY_OPT, "seccomp=unconfined", 0, "Allow every system call",
	    0 },
	{ "print-filter", OPTION_PRINT_FILTER, NULL, 0,
	    "Show the filter of system calls, and run nothing", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct container *c = state->input;
	const char *problem;
	unsigned long number;

	switch (key) {
	case 'e':
		if (env_set(c->env, argument) == -1)
			argp_error(state, "--env '%s': a variable needs a name", argument);
		break;
	case 'h':
		/* sethostname(2) takes 64 bytes; what is wrong is refused before anything starts. */
		if (*argument == '\0' || strlen(argument) > 64)
			argp_error(state, "--hostname '%s': not 1 to 64 bytes long", argument);
		c->hostname = argument;
		break;
	case OPTION_INIT:
		c->init = true;
		break;
	case OPTION_STOP_TIMEOUT:
		if (number_parse(argument, 1, 86400, &number) == -1)
			argp_error(state, "--stop-timeout '%s': not 1 to 86400 seconds", argument);
		c->stop_timeout = (unsigned int)number;
		break;
	case OPTION_ROOTFS:
		c->rootfs = argument;
		c->rootfs_asked = true;
		break;
	case 'v':
		problem = volume_add(c, argument);
		if (problem)
			argp_error(state, "--volume '%s': %s", argument, problem);
		break;
	case 'w':
		if (*argument != '/')
			argp_error(state, "--workdir '%s': not an absolute path", argument);
		c->workdir = argument;
		break;
	case OPTION_READ_ONLY:
		c->read_only = true;
		break;
	case 'm':
		problem = cgroup_set_memory(c, argument);
		if (problem)
			argp_error(state, "--memory '%s': %s", argument, problem);
		break;
	case OPTION_PIDS_LIMIT:
		problem = cgroup_set_pids(c, argument);
		if (problem)
			argp_error(state, "--pids-limit '%s': %s", argument, problem);
		break;
	case OPTION_CPUS:
		problem = cgroup_set_cpus(c, argument);
		if (problem)
			argp_error(state, "--cpus '%s': %s", argument, problem);
		break;
	case OPTION_NETWORK:
		problem = net_set_mode(c, argument);
		if (problem)
			argp_error(state, "--network '%s': %s", argument, problem);
		break;
	case OPTION_SUBNET:
		problem = net_set_subnet(c, argument);
		if (problem)
			argp_error(state, "--subnet '%s': %s", argument, problem);
		break;
	case OPTION_LAYER:
		problem = overlay_add_layer(c, argument);
		if (problem)
			argp_error(state, "--layer '%s': %s", argument, problem);
		break;
	case OPTION_UPPER:
		c->upper = argument;
		break;
	case OPTION_STORAGE_SIZE:
		problem = overlay_set_size(c, argument);
		if (problem)
			argp_error(state, "--storage-size '%s': %s", argument, problem);
		break;
	case OPTION_CAP_ADD:
		problem = capability_choose(&c->capability_add, argument);
		if (problem)
			argp_error(state, "--cap-add '%s': %s", argument, problem);
		break;
	case OPTION_CAP_DROP:
		problem = capability_choose(&c->capability_drop, argument);
		if (problem)
			argp_error(state, "--cap-drop '%s': %s", argument, problem);
		break;
	case OPTION_SECURITY_OPT:
		problem = seccomp_set_option(c, argument);
		if (problem)
			argp_error(state, "--security-opt '%s': %s", argument, problem);
		break;
	case OPTION_PRINT_FILTER:
		c->seccomp_print = true;
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
		if (c->layer_count > 0 && c->rootfs_asked)
			argp_error(state, "--rootfs and --layer: one or the other");
		if (c->upper && c->storage_size != 0)
			argp_error(state, "--upper and --storage-size: one or the other");
		if (c->layer_count > 0)
			c->rootfs = c->layers[0].path; /* as messages name it */
		else
			overlay_add_layer(c, c->rootfs);
		if (c->storage_size == 0)
			c->storage_size = UINT64_C(64) << 20;
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
		.hostname = "container",
		.stop_timeout = 10,
		.runtime = -1,
		.rootfs = "rootfs",
		.root = -1,
		.workdir = "/",
		.memory_max = UINT64_C(100) << 20,
		.pids_max = 100,
		.cgroup_parent = "container-ladder",
		.cgroup_v2 = -1,
		.gate = { -1, -1 },
		.upper_lock = -1,
		.upper_tree = -1,
	};
	int status = EXIT_RUNTIME;

	if (job_open_standard() == -1)
		return EXIT_RUNTIME;
	/* No option can be given more often than there are arguments. */
	c.env = calloc((size_t)argc + 4, sizeof(*c.env));
	c.volumes = calloc((size_t)argc, sizeof(*c.volumes));
	c.layers = calloc((size_t)argc + 1, sizeof(*c.layers));
	if (!c.env) {
		fail("allocate the environment");
		goto out;
	}
	if (!c.volumes) {
		fail("allocate the list of volumes");
		goto out;
	}
	if (!c.layers) {
		fail("allocate the list of layers");
		goto out;
	}
	env_set(c.env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	env_set(c.env, "HOME=/root");
	env_set(c.env, "TERM");

	argv[0] = program_invocation_short_name; /* getopt(3) starts its messages with it */
	argp_err_exit_status = EXIT_RUNTIME;
	argp_program_version_hook = print_version;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &c);
	if (c.seccomp_print) {
		status = seccomp_print(&c) == -1 ? EXIT_RUNTIME : EXIT_SUCCESS;
		goto out;
	}
	status = container_run(&c);
out:
	free(c.layers);
	free(c.volumes);
	free(c.env);
	return status;
}
