/*
 * cgroup.c - finds the control groups that this host has, and keeps one for the container.
 *
 * A group is what the kernel keeps here when its maker is gone. So a runtime locks the directory
 * of its group with flock(2), a lock that ends with the runtime, and every start removes those
 * that nobody locks. On hosts with version 1, or with both, a container has a group in each tree
 * that it needs, all under one name.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "container.h"
#include "file.h"
#include "number.h"
#include "report.h"
#include "size.h"

static const struct {
	unsigned int bit;
	const char *name;
} controllers[] = {
	{ CGROUP_MEMORY, "memory" },
	{ CGROUP_PIDS, "pids" },
	{ CGROUP_CPU, "cpu" },
};

#define CONTROLLERS (sizeof(controllers) / sizeof(*controllers))

const char *cgroup_set_memory(struct container *c, const char *text)
{
	struct sysinfo machine;

	c->cgroup_asked |= CGROUP_MEMORY;
	c->memory_max = UINT64_MAX;
	if (strcmp(text, "max") == 0)
		return NULL;
	if (size_parse(text, &c->memory_max) == -1)
		return "not a size: bytes, or a number with K, M or G";
	if (c->memory_max < UINT64_C(6) << 20)
		return "less than 6M, too little to start in";
	if (sysinfo(&machine) == 0 && c->memory_max > (uint64_t)machine.totalram * machine.mem_unit)
		return "more than this machine has; max lifts the limit";
	return NULL;
}

const char *cgroup_set_pids(struct container *c, const char *text)
{
	unsigned long number;

	c->cgroup_asked |= CGROUP_PIDS;
	c->pids_max = UINT64_MAX;
	if (strcmp(text, "max") == 0)
		return NULL;
	if (number_parse(text, 1, 4194304, &number) == -1)
		return "not a number from 1 to 4194304, nor max";
	c->pids_max = number;
	return NULL;
}

const char *cgroup_set_cpus(struct container *c, const char *text)
{
	double cpus;

	c->cgroup_asked |= CGROUP_CPU;
	/* strtod(3) would take nan, 1e9 and 0x1 as well. */
	if (text[strspn(text, "0123456789.")] != '\0' || strchr(text, '.') != strrchr(text, '.') ||
	    strlen(text) > 12)
		return "not a decimal number";
	cpus = strtod(text, NULL);
	if (cpus < 0.01)
		return "less than 0.01";
	if (cpus > (double)sysconf(_SC_NPROCESSORS_ONLN))
		return "more than this machine has";
	c->cpu_quota = (unsigned int)(cpus * CGROUP_PERIOD);
	return NULL;
}

/*
 * Opens the parent of all our groups below TOP, which it closes, and makes what is missing. A controller
 * that isn't passed on this far is taken out of GROUP; c->cgroup_reason says why.
 */
static int cgroup_open_parent(struct container *c, int top, struct cgroup *group)
{
	char path[PATH_MAX];
	char *name, *rest = path;
	int below, directory = top;

	snprintf(path, sizeof(path), "%s", c->cgroup_parent);
	for (;;) {
		for (size_t i = 0; group->v2 && i < CONTROLLERS; i++)
			if (group->controllers & controllers[i].bit &&
			    cgroup_v2_pass_on(directory, controllers[i].name) == -1) {
				/* It has members. Those that count threads could be passed on, and spoil it. */
				group->controllers &= errno == EBUSY ? 0 : ~controllers[i].bit;
				c->cgroup_reason = errno;
			}
		if (group->controllers == 0)
			goto out;
		name = strsep(&rest, "/");
		if (!name && faccessat(directory, ".", W_OK, AT_EACCESS) == 0)
			return directory;
		if (!name || (mkdirat(directory, name, 0755) == -1 && errno != EEXIST) ||
		    (below = openat(
			 directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) == -1) {
			c->cgroup_reason = errno;
			goto out;
		}
		close(directory);
		directory = below;
	}
out:
	close(directory);
	return -1;
}

/* Locks DIRECTORY, if NAME in PARENT still is what it was opened as. errno, not reported. */
static int cgroup_lock(int parent, const char *name, int directory, int how)
{
	struct stat ours, named;

	if (flock(directory, how) == -1 || fstat(directory, &ours) == -1 ||
	    fstatat(parent, name, &named, 0) == -1)
		return -1;
	/* One that is removed can be locked too, and the name be another's: pids differ by namespace. */
	errno = ENOENT;
	return ours.st_ino == named.st_ino ? 0 : -1;
}

/* Ends what is left in the group NAME, and removes it and those in it. */
static int cgroup_remove_tree(int parent, const char *name)
{
	char members[4096];
	char *member = members, *end_of_line;
	struct dirent *entry;
	int directory;
	DIR *groups;

	if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory == -1)
		return -1;
	/* Version 1 and kernels before 5.14 have no cgroup.kill: one by one. */
	if (file_write(directory, "cgroup.kill", "1") == -1 &&
	    file_read(directory, "cgroup.procs", members, sizeof(members)) == 0)
		/* Whole lines only: a number that was cut short is some other process's. */
		for (; (end_of_line = strchr(member, '\n')); member = end_of_line + 1)
			if (atoi(member) > 0)
				kill(atoi(member), SIGKILL);
	groups = fdopendir(directory);
	while (groups && (entry = readdir(groups)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			cgroup_remove_tree(directory, entry->d_name);
	if (groups)
		closedir(groups);
	return unlinkat(parent, name, AT_REMOVEDIR);
}

/*
 * Removes what killed runtimes left below TOP: groups that nobody locks, and what runs in them. A command
 * that changed its user id lost its death signal (prctl(2)), and so outlived its runtime.
 */
static void cgroup_sweep(const struct container *c, int top)
{
	int parent = openat(top, c->cgroup_parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *groups = parent == -1 ? NULL : fdopendir(parent);
	struct dirent *entry;
	struct stat status;

	while (groups && (entry = readdir(groups))) {
		int directory;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		directory = openat(parent, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		/* What is busy still, so soon after, is left to the next start. */
		if (directory != -1 && fstat(directory, &status) == 0 &&
		    status.st_uid == geteuid() &&
		    cgroup_lock(parent, entry->d_name, directory, LOCK_EX | LOCK_NB) == 0)
			cgroup_remove_tree(parent, entry->d_name);
		close(directory);
	}
	if (groups)
		closedir(groups);
}

/* Takes from the tree at MOUNT what it has of WANTED. Returns that; c->cgroup_reason says why not more. */
static unsigned int cgroup_use(struct container *c, const struct mntent *mount, unsigned int wanted)
{
	struct cgroup group = { .parent = -1, .directory = -1, .tasks = -1 };
	struct statfs type;
	int top = open(mount->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	group.v2 = strcmp(mount->mnt_type, "cgroup2") == 0;
	/* Another mount may lie over this one: a directory made in a tmpfs limits nothing. */
	if (top == -1 || fstatfs(top, &type) == -1 ||
	    type.f_type != (group.v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC)) {
		close(top);
		return 0;
	}
	cgroup_sweep(c, top);
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (wanted & controllers[i].bit &&
		    (group.v2 ? file_has_word(top, "cgroup.controllers", controllers[i].name)
			      : hasmntopt(mount, controllers[i].name) != NULL))
			group.controllers |= controllers[i].bit;
	if (group.controllers == 0) {
		close(top);
		return 0;
	}
	group.parent = cgroup_open_parent(c, top, &group);
	if (group.parent == -1)
		return 0;
	c->cgroups[c->cgroup_count++] = group;
	return group.controllers;
}

/* Fills c->cgroups with the trees that have the controllers we need, each opened at our parent. */
static int cgroup_find(struct container *c, unsigned int missing)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	int reason;
	bool denied;

	c->cgroup_reason = mounts || errno == ENOENT ? ENODEV : errno;
	/* Also the trees that this container does without: others may have left groups there. */
	while (mounts && (mount = getmntent(mounts))) {
		if (strncmp(mount->mnt_type, "cgroup", 6) != 0)
			continue;
		missing &= ~cgroup_use(c, mount, missing);
	}
	if (mounts)
		endmntent(mounts);

	c->cgroup_missing = missing;
	reason = c->cgroup_reason;
	denied = reason == EACCES || reason == EPERM || reason == EROFS || reason == EBUSY ||
	    reason == EOPNOTSUPP;
	for (size_t i = 0; i < CONTROLLERS; i++) {
		if (!(missing & controllers[i].bit))
			continue;
		/* A host may lack what nobody asked for. Any other trouble is no reason to do without. */
		if (!(c->cgroup_asked & controllers[i].bit) && (reason == ENODEV || denied))
			continue;
		errno = reason;
		fail("limit %s with a control group", controllers[i].name);
		if (reason == ENODEV)
			hint("no mounted tree of control groups has it: make doctor tells more");
		else if (denied)
			hint(
			    "an ordinary user needs a group: systemd-run --user --scope -p Delegate=yes");
		return -1;
	}
	return 0;
}

/* Makes and locks GROUP as NAME. errno, not reported. */
static int cgroup_make(struct cgroup *group, const char *name)
{
	if (mkdirat(group->parent, name, 0700) == -1)
		return -1;
	group->directory = openat(group->parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (group->directory == -1)
		return -1;
	/* A sweep may have the lock by now, and is soon done. */
	return cgroup_lock(group->parent, name, group->directory, LOCK_EX);
}

/* The name was taken, or a sweep came before our lock: what has it now is not ours. Try another. */
static bool cgroup_name_lost(int error)
{
	return error == EEXIST || error == ENOENT;
}

/* Makes a group under one name in each tree. errno, not reported. */
static int cgroup_make_all(struct container *c)
{
	for (size_t i = 0; i < c->cgroup_count; i++) {
		if (cgroup_make(&c->cgroups[i], c->cgroup_name) == 0)
			continue;
		for (size_t made = 0; made <= i; made++) {
			int error = errno;

			/* The last may not be open, and be ours all the same. */
			if (made < i || !cgroup_name_lost(error))
				unlinkat(c->cgroups[made].parent, c->cgroup_name, AT_REMOVEDIR);
			close(c->cgroups[made].directory);
			c->cgroups[made].directory = -1;
			errno = error;
		}
		return -1;
	}
	return 0;
}

int cgroup_create(struct container *c)
{
	unsigned int wanted = 0, number = 0;

	wanted |= c->memory_max != UINT64_MAX ? CGROUP_MEMORY : 0;
	wanted |= c->pids_max != UINT64_MAX ? CGROUP_PIDS : 0;
	wanted |= c->cpu_quota != 0 ? CGROUP_CPU : 0;
	if (cgroup_find(c, wanted) == -1)
		return -1;
	do
		snprintf(c->cgroup_name, sizeof(c->cgroup_name), "%d-%u", getpid(), number++);
	while (cgroup_make_all(c) == -1 && number < 1000 && cgroup_name_lost(errno));

	for (size_t i = 0; i < c->cgroup_count; i++) {
		struct cgroup *group = &c->cgroups[i];

		if (group->directory == -1)
			return fail("make control group %s/%s", c->cgroup_parent, c->cgroup_name);
		if ((group->v2 ? cgroup_v2_limit(c, group) : cgroup_v1_limit(c, group)) == -1)
			return -1;
		if (group->v2)
			c->cgroup_v2 = group->directory;
	}
	return 0;
}

int cgroup_join(const struct container *c)
{
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (c->cgroup_missing & controllers[i].bit)
			warn("no limit on %s: %s", controllers[i].name, strerror(c->cgroup_reason));
	for (size_t i = 0; i < c->cgroup_count; i++)
		if (!c->cgroups[i].v2 && cgroup_v1_join(&c->cgroups[i]) == -1)
			return -1;
	/* A cgroup namespace is rooted where the process is when it asks: now that it is inside. */
	if (unshare(CLONE_NEWCGROUP) == -1)
		return fail("make a cgroup namespace");
	return 0;
}

void cgroup_report(const struct container *c)
{
	for (size_t i = 0; i < c->cgroup_count; i++) {
		const struct cgroup *group = &c->cgroups[i];
		uint64_t killed = 0, refused = 0;

		if (group->directory == -1)
			continue;
		if (group->controllers & CGROUP_MEMORY)
			killed =
			    group->v2 ? cgroup_v2_count_kills(group) : cgroup_v1_count_kills(group);
		if (group->controllers & CGROUP_PIDS)
			refused = file_read_count(group->directory, "pids.events", "max");
		if (killed > 0)
			warn("out of memory at the limit of %g MiB: processes killed: %" PRIu64,
			    (double)c->memory_max / (1024 * 1024), killed);
		if (refused > 0)
			warn("at the limit of %" PRIu64 " processes: forks refused: %" PRIu64,
			    c->pids_max, refused);
	}
}

int cgroup_remove(struct container *c)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	int tries = 0, left = 0;

	while (c->cgroup_count > 0) {
		struct cgroup *group = &c->cgroups[--c->cgroup_count];
		int removed = 0;

		/* For a moment after its last process has ended, a group still is busy. */
		while (group->directory != -1 &&
		    (removed = cgroup_remove_tree(group->parent, c->cgroup_name)) == -1 &&
		    ++tries < 400)
			nanosleep(&moment, NULL);
		if (removed == -1 && left == 0)
			left = fail("remove control group %s/%s", c->cgroup_parent, c->cgroup_name);
		close(group->directory);
		close(group->tasks);
		close(group->parent);
	}
	return left;
}
