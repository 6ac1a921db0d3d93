/*
 * capability.c - root's power in pieces, and most of them given up: capabilities(7).
 *
 * To the kernel, root is whoever holds the right capability, forty-one of them. Most containers
 * need a few: the default is docker's. Five sets decide what a process has now and what it may
 * get by exec; a program that is set-uid or has file capabilities gets no more than bounding.
 */
#include <linux/capability.h>
#include <stddef.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

#define BIT(capability) (UINT64_C(1) << (capability))
#define ALL UINT64_MAX

/* By number: linux/capability.h. */
static const char *const names[] = { "chown", "dac_override", "dac_read_search", "fowner", "fsetid",
	"kill", "setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service",
	"net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
	"sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
	"sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write",
	"audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm",
	"block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore" };

const char *capability_choose(uint64_t *set, const char *name)
{
	if (strcasecmp(name, "all") == 0) {
		*set = ALL;
		return NULL;
	}
	if (strncasecmp(name, "cap_", 4) == 0)
		name += 4;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcasecmp(name, names[i]) != 0)
			continue;
		*set |= BIT(i);
		return NULL;
	}
	return "no such capability: capabilities(7) lists them";
}

uint64_t capability_kept(const struct container *c)
{
	const uint64_t standard = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) |
	    BIT(CAP_FOWNER) | BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) | BIT(CAP_SETGID) |
	    BIT(CAP_SETUID) | BIT(CAP_SETFCAP) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) |
	    BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) | BIT(CAP_AUDIT_WRITE);

	/* In whichever order they were given: --cap-drop ALL, and what is added again. */
	if (c->capability_drop == ALL)
		return c->capability_add;
	return (standard | c->capability_add) & ~c->capability_drop;
}

int capability_drop(const struct container *c)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2]; /* the lower 32 capabilities, the upper */
	const uint64_t kept = capability_kept(c);

	/* The bounding set first, as that takes CAP_SETPCAP. What the kernel has beyond our names ends with EINVAL. */
	for (unsigned long i = 0;
	     i < sizeof(names) / sizeof(*names) || prctl(PR_CAPBSET_READ, i) >= 0; i++)
		if (!(kept & BIT(i)) && prctl(PR_CAPBSET_DROP, i) == -1)
			return fail("drop capability %lu from the bounding set", i);

	/* What we don't have ourselves can't be asked for (EPERM), so the sets only lose. */
	if (syscall(SYS_capget, &header, sets) == -1)
		return fail("read capabilities");
	for (int half = 0; half < 2; half++) {
		sets[half].permitted &= (uint32_t)(kept >> (32 * half));
		sets[half].effective = sets[half].permitted;
		/* Inheritable ones would be file capabilities' to pick up; with them go the ambient. */
		sets[half].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, sets) == -1)
		return fail("drop capabilities");

	/* From here on no exec gains anything: set-uid bits and file capabilities are ignored. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return fail("renounce new privileges");
	return 0;
}
