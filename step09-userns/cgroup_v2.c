/*
 * cgroup_v2.c - limits: cgroups(7), Documentation/admin-guide/cgroup-v2.rst.
 *
 * A control group is a directory, its limits are files in it, and its members a list in one more. In
 * version 2 there is one tree for all controllers. The container's first process is born in its
 * group, by CLONE_INTO_CGROUP: not one instruction of it runs without the limits.
 */
#include <errno.h>
#include <inttypes.h>

#include "container.h"
#include "file.h"
#include "report.h"

/*
 * A group has the files of a controller only if its parent passes that controller on, and so
 * must each of its ancestors: one '+memory' missing on the way, and there is no memory.max.
 */
int cgroup_v2_pass_on(int directory, const char *controller)
{
	if (file_has_word(directory, "cgroup.subtree_control", controller))
		return 0;
	return file_write(directory, "cgroup.subtree_control", "+%s", controller);
}

int cgroup_v2_limit(const struct container *c, const struct cgroup *group)
{
	int directory = group->directory;

	if (group->controllers & CGROUP_MEMORY) {
		if (file_write(directory, "memory.max", "%" PRIu64, c->memory_max) == -1)
			return fail("set memory.max");
		/* Or what no longer fits goes to swap. A kernel that doesn't count swap has no such file. */
		if (file_write(directory, "memory.swap.max", "0") == -1 && errno != ENOENT)
			return fail("set memory.swap.max");
	}
	if (group->controllers & CGROUP_PIDS)
		if (file_write(directory, "pids.max", "%" PRIu64, c->pids_max) == -1)
			return fail("set pids.max");
	/* So many microseconds of CPU time in a period of so many; twice the period is two CPUs. */
	if (group->controllers & CGROUP_CPU)
		if (file_write(directory, "cpu.max", "%u %u", c->cpu_quota, CGROUP_PERIOD) == -1)
			return fail("set cpu.max");
	return 0;
}

uint64_t cgroup_v2_count_kills(const struct cgroup *group)
{
	return file_read_count(group->directory, "memory.events", "oom_kill");
}
