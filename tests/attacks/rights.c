/*
 * rights.c - what a process in there may do, and what it can become.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

/* On the host: renamed or not. */
static void hostname(void)
{
	decide(sethostname("canary", 6), 0, "sethostname");
}

/* The fourteen that docker leaves. */
static const int usual[] = { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER, CAP_MKNOD,
	CAP_NET_RAW, CAP_SETGID, CAP_SETUID, CAP_SETFCAP, CAP_SETPCAP, CAP_NET_BIND_SERVICE,
	CAP_SYS_CHROOT, CAP_KILL, CAP_AUDIT_WRITE };

/* Open if the set NAME of /proc/self/status has a capability that ALLOWED lacks. */
static _Noreturn void decide_set(const char *name, uint64_t allowed)
{
	FILE *file = fopen("/proc/self/status", "r");
	unsigned long long set;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, strlen(name)) != 0 ||
		    sscanf(line + strlen(name), ":\t%llx", &set) != 1)
			continue;
		if (set & ~allowed)
			open_door("%s %016llx", name, set);
		closed("nothing beyond what may be in it");
	}
	refused("read /proc/self/status");
}

static uint64_t usual_set(void)
{
	uint64_t set = 0;

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		set |= UINT64_C(1) << usual[i];
	return set;
}

static void caps_effective(void)
{
	decide_set("CapEff", usual_set());
}

static void caps_bounding(void)
{
	decide_set("CapBnd", usual_set());
}

static void caps_inheritable(void)
{
	decide_set("CapInh", 0);
}

static void caps_ambient(void)
{
	decide_set("CapAmb", 0);
}

/* As an ordinary user, becomes a program that is root's and set-uid. */
static void setuid_gain(void)
{
	const char *program = inside("/attacks/gain");

	if (setgroups(0, NULL) == -1 || setresgid(1000, 1000, 1000) == -1 ||
	    setresuid(1000, 1000, 1000) == -1)
		refused("become an ordinary user");
	execl(program, program, "gained", "root=/", NULL);
	refused("execute a set-uid program");
}

static void gained(void)
{
	if (geteuid() != 0)
		closed("still an ordinary user");
	open_door("root again");
}

const struct probe rights_probes[] = {
	{ "hostname", hostname },
	{ "caps-effective", caps_effective },
	{ "caps-bounding", caps_bounding },
	{ "caps-inheritable", caps_inheritable },
	{ "caps-ambient", caps_ambient },
	{ "setuid-gain", setuid_gain },
	{ "gained", gained },
	{ 0 },
};
