/*
 * container.h - what a container is made of here, and who does what.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "job.h"

/* A directory or file of the host's that the container shall see. */
struct volume {
	const char *source; /* path on the host */
	char *target; /* absolute path in the container */
	bool read_only;
	int tree; /* the source as a detached mount tree, or -1: not opened yet */
};

/* cgroup.c: what can be limited, and a container's group in one tree of control groups */
enum {
	CGROUP_MEMORY = 1 << 0,
	CGROUP_PIDS = 1 << 1,
	CGROUP_CPU = 1 << 2,
	CGROUP_MAX = 3, /* a tree for each of them, at most */
	CGROUP_PERIOD = 100000, /* microseconds in which cpu_quota may be used */
};

struct cgroup {
	bool v2; /* its tree is of version 2 */
	unsigned int controllers; /* CGROUP_...: what this group limits */
	int parent; /* the directory that it is made in, open; like the others -1 if not */
	int directory; /* the group itself, locked with flock(2) by its runtime */
	int tasks; /* version 1: the file to join it by, for the child */
};

/* net.c: --network */
enum {
	NETWORK_NONE, /* a namespace with lo in it */
	NETWORK_VETH, /* the same, and a cable to the host */
	NETWORK_HOST, /* no namespace: the host's network */
};

/* netlink.c: a request that is being packed */
struct netlink {
	struct nlmsghdr header;
	char payload[512];
};

/* overlay.c: a directory that is part of the root */
enum {
	OVERLAY_LAYERS = 500, /* the most that overlayfs takes */
};

struct layer {
	const char *path; /* on the host */
	int tree; /* it, as a detached mount tree, or -1: not opened yet */
};

/* Strings belong to the command line and live as long as the program. */
struct container {
	char **command; /* the program and its arguments, NULL-terminated */
	char **env; /* its environment, NULL-terminated; main() frees it */
	struct job job; /* the caller's signal mask and terminal */
	pid_t pid; /* the container's first process, as the host numbers it */

	/* uts.c */
	const char *hostname; /* --hostname */

	/* init.c */
	bool init; /* --init: PID 1 is ours, and the command its child */
	unsigned int stop_timeout; /* --stop-timeout: seconds between SIGTERM and SIGKILL */
	int runtime; /* a pidfd of the runtime, for the child to see whether it lives */

	/* mount.c */
	const char *rootfs; /* --rootfs: the directory that becomes / */
	int root; /* it, opened by the child once it is a mount */
	bool read_only; /* --read-only */
	const char *workdir; /* --workdir: where the command starts, in the container */

	/* volume.c */
	struct volume *volumes; /* --volume, in the order given; main() frees it */
	size_t volume_count;

	/* cgroup.c */
	uint64_t memory_max; /* --memory: bytes; UINT64_MAX: no limit */
	uint64_t pids_max; /* --pids-limit: processes and threads; UINT64_MAX: no limit */
	unsigned int cpu_quota; /* --cpus: microseconds in each CGROUP_PERIOD; 0: no limit */
	unsigned int cgroup_asked; /* CGROUP_...: limits that were asked for, not defaults */
	unsigned int cgroup_missing; /* CGROUP_...: limits that this host can't set */
	int cgroup_reason; /* the errno that says why */
	const char *cgroup_parent; /* the parent of all our groups, below the tree's mount */
	char cgroup_name[32]; /* this container's group in it */
	struct cgroup cgroups[CGROUP_MAX];
	size_t cgroup_count;
	int cgroup_v2; /* the directory to clone into, or -1 */

	/* gate.c, net.c */
	int gate[2]; /* a pipe from the parent to the child, which waits for a byte; -1: closed */
	int network; /* --network: NETWORK_... */
	uint32_t subnet; /* --subnet: where containers get their addresses, in host byte order */
	uint32_t subnet_size; /* how many addresses it has; 0: not chosen yet */

	/* overlay.c */
	bool rootfs_asked; /* --rootfs was given: then --layer can't be */
	struct layer *layers; /* --layer, the topmost first, or --rootfs; main() frees it */
	size_t layer_count;
	const char *upper; /* --upper: the directory that keeps what is written, or NULL */
	int upper_lock; /* it, open and locked by the runtime, or -1 */
	int upper_tree; /* it, as a detached mount tree, or -1 */
	int storage[2]; /* upper and work, open: in it, or in the tmpfs that takes its place */
	uint64_t storage_size; /* --storage-size: bytes, of the tmpfs that takes it otherwise */

	/* capability.c: a bit each, by number; UINT64_MAX: all */
	uint64_t capability_add; /* --cap-add */
	uint64_t capability_drop; /* --cap-drop */

	/* seccomp.c */
	struct sock_fprog seccomp_filter; /* in the child: the program that the parent compiled */
	bool seccomp_unconfined; /* --security-opt seccomp=unconfined: no filter */
	bool seccomp_print; /* --print-filter: show it, and run nothing */
};

/*
 * Unless another contract is given, a function returns 0, or -1 with the error reported.
 */

/* container.c */

/* Runs one container, start to end. Returns the exit status for the shell. */
int container_run(struct container *c);

/* uts.c */

/* In the child: gives the container its own hostname. */
int uts_set_hostname(const struct container *c);

/* init.c */

/* In the parent, before the clone: opens c->runtime. */
int init_open_runtime(struct container *c);

/* In the child: SIGKILL for it when the runtime ends, however that ends; -1 if it has already. */
int init_die_with_parent(const struct container *c);

/* --init: as PID 1, runs the command and reaps what it leaves. Returns its exit status. */
int init_run(const struct container *c);

/* mount.c */

/* In the child: cuts the tree of mounts loose from the host's. */
int mount_make_private(void);

/* In the child: makes the root file system a mount and opens c->root. */
int mount_root(struct container *c);

/* In the child, before the pivot: a /proc that shows this PID namespace. */
int mount_proc(const struct container *c);

/* In the child: c->root becomes /, and the host's tree is gone. */
int mount_pivot(const struct container *c);

/* In the child, after every descriptor was closed: goes where the command shall start. */
int mount_enter_workdir(const struct container *c);

/* target.c: where a mount lands, and mount trees held by a descriptor */

/* Opens PATH, looked up inside c->root; RESOLVE adds to RESOLVE_IN_ROOT. errno, not reported. */
int target_open(const struct container *c, const char *path, uint64_t resolve);

/* mount(2) on PATH inside c->root, which may hold no symlink. errno, not reported. */
int target_try_mount(const struct container *c, const char *source, const char *path,
    const char *type, unsigned long flags, const char *data);

/* The same, reported. */
int target_mount(const struct container *c, const char *source, const char *path, const char *type,
    unsigned long flags, const char *data);

/*
 * A private copy of the mount tree at PATH, read-only or not, and without devices that open.
 * Returns a descriptor, or -1 with errno, not reported.
 */
int target_clone_tree(int directory, const char *path, bool read_only);

/* Attaches TREE on the open TARGET. errno, not reported. */
int target_attach_tree(int tree, int target);

/* dev.c */

/* In the child: /dev with the harmless devices, its terminals and shared memory. */
int dev_mount(const struct container *c);

/* In the child: /sys, read-only. */
int dev_mount_sys(const struct container *c);

/* mask.c */

/* In the child: hides or write-protects what /proc and /sys tell of the whole machine. */
int mask_paths(const struct container *c);

/* In the child, after the volumes: --read-only for the root itself. */
int mask_protect_root(const struct container *c);

/* volume.c */

/* Adds "SRC:DST[:ro]" and cuts it at the colons. Returns NULL, or what is wrong with it. */
const char *volume_add(struct container *c, char *argument);

/* Opens the sources, as far as this process may: the parent before the clone, then the child. */
int volume_open_sources(struct container *c);

/* In the child: puts the volumes in place. */
int volume_attach(struct container *c);

/* cgroup.c */

/* Take an option's argument. Return NULL, or what is wrong with it. */
const char *cgroup_set_memory(struct container *c, const char *text);
const char *cgroup_set_pids(struct container *c, const char *text);
const char *cgroup_set_cpus(struct container *c, const char *text);

/* In the parent, before the clone: makes the container's groups and sets their limits. */
int cgroup_create(struct container *c);

/* In the child, first of all: joins the groups of version 1; what it is in by then is the top that it sees. */
int cgroup_join(const struct container *c);

/* In the parent, after the end: says so if a limit was hit. */
void cgroup_report(const struct container *c);

/* In the parent: ends what is left in the groups and removes them. Idempotent. */
int cgroup_remove(struct container *c);

/* cgroup_v2.c */

/* Lets the groups below DIRECTORY use a controller, if they can't yet. errno, not reported. */
int cgroup_v2_pass_on(int directory, const char *controller);

/* Sets the limits that the group's controllers are for. */
int cgroup_v2_limit(const struct container *c, const struct cgroup *group);

/* How many processes the kernel has killed for want of memory. */
uint64_t cgroup_v2_count_kills(const struct cgroup *group);

/* cgroup_v1.c: the same for version 1 */
int cgroup_v1_limit(const struct container *c, struct cgroup *group);
uint64_t cgroup_v1_count_kills(const struct cgroup *group);

/* In the child: moves itself into the group. */
int cgroup_v1_join(const struct cgroup *group);

/* gate.c */

/* In the parent, before the clone. */
int gate_create(struct container *c);

/* In the child: returns 0 once the parent has opened the gate, -1 if it never will. */
int gate_wait(struct container *c);

/* In the parent, when all is done that has to precede what the child does. */
int gate_open(struct container *c);

/* In the parent: a child that still waits for the byte goes home. Idempotent. */
void gate_close(struct container *c);

/* net.c */

/* Take an option's argument. Return NULL, or what is wrong with it. */
const char *net_set_mode(struct container *c, const char *text);
const char *net_set_subnet(struct container *c, const char *text);

/* In the parent, before the clone: a subnet that the host has no route into. */
int net_choose_subnet(struct container *c);

/* In the parent, while the child waits: the pair of devices, and the host's end of it. */
int net_connect(const struct container *c);

/* In the child: brings up lo, and gives the other end its address and a route. */
int net_configure(const struct container *c);

/* netlink.c: packing a request, by parts; SIZE in bytes */
void netlink_begin(struct netlink *request, int type, int flags, const void *fixed, size_t size);
void netlink_append(struct netlink *request, const void *data, size_t size);
void netlink_attribute(struct netlink *request, int type, const void *value, size_t size);
struct rtattr *netlink_nest(struct netlink *request, int type);
void netlink_end_nest(struct netlink *request, struct rtattr *nest);

/* A socket, or -1 with errno, not reported. */
int netlink_open(void);

/* Sends the request and waits for the answer. 0, or -1 with the kernel's errno, not reported. */
int netlink_send(int socket, struct netlink *request);

/* overlay.c */

/* Take an option's argument. Return NULL, or what is wrong with it. */
const char *overlay_add_layer(struct container *c, const char *path);
const char *overlay_set_size(struct container *c, const char *text);

/* In the parent, before the clone: makes sure that --upper is this container's alone. */
int overlay_lock_upper(struct container *c);

/* Opens layers and upper, as far as this process may: the parent before the clone, then the child. */
int overlay_open_layers(struct container *c);

/* In the child: mounts the layers as one and opens that as c->root. */
int overlay_mount(struct container *c);

/* capability.c */

/* Takes an option's argument into SET. Returns NULL, or what is wrong with it. */
const char *capability_choose(uint64_t *set, const char *name);

/* What the command may have: docker's default, and what the options add and drop. */
uint64_t capability_kept(const struct container *c);

/* In the child, when nothing is left that takes privilege: keeps these and no more, for good. */
int capability_drop(const struct container *c);

/* seccomp.c */

/* Takes an option's argument. Returns NULL, or what is wrong with it. */
const char *seccomp_set_option(struct container *c, const char *text);

/*
 * In the parent, behind the byte that opened the gate: builds the filter and writes it there, while the
 * child mounts. Returns 0, or -1 with the error reported.
 */
int seccomp_send(const struct container *c);

/* In the child, while the gate is there: waits for the filter. Returns 0, or -1 if none ever comes. */
int seccomp_receive(struct container *c);

/* In the child, last of all: from here on it makes no system call but the allowed. */
int seccomp_restrict(const struct container *c);

/* Prints the filter as pseudo code. */
int seccomp_print(const struct container *c);

#endif
