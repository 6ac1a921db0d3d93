/*
 * cgroup_v1.c - the same limits on hosts with version 1: Documentation/admin-guide/cgroup-v1.
 *
 * Each controller is a tree of its own, or shares one with others, and no flag of clone3 knows
 * them: the child moves itself, with descriptors that the parent opened while paths and rights held.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "container.h"
#include "file.h"
#include "report.h"

int cgroup_v1_limit(const struct container *c, struct cgroup *group)
{
	int directory = group->directory;

	if (group->controllers & CGROUP_MEMORY) {
		if (file_write(directory, "memory.limit_in_bytes", "%" PRIu64, c->memory_max) == -1)
			return fail("set memory.limit_in_bytes");
		/* Memory and swap together; where swap isn't counted there is no such file, or it says so. */
		if (file_write(directory, "memory.memsw.limit_in_bytes", "%" PRIu64,
			c->memory_max) == -1 &&
		    errno != ENOENT && errno != EOPNOTSUPP)
			return fail("set memory.memsw.limit_in_bytes");
	}
	if (group->controllers & CGROUP_PIDS)
		if (file_write(directory, "pids.max", "%" PRIu64, c->pids_max) == -1)
			return fail("set pids.max");
	if (group->controllers & CGROUP_CPU)
		if (file_write(directory, "cpu.cfs_period_us", "%u", CGROUP_PERIOD) == -1 ||
		    file_write(directory, "cpu.cfs_quota_us", "%u", c->cpu_quota) == -1)
			return fail("set cpu.cfs_quota_us");

	group->tasks = openat(directory, "tasks", O_WRONLY | O_CLOEXEC);
	if (group->tasks == -1)
		return fail("open tasks of the control group");
	return 0;
}

int cgroup_v1_join(const struct cgroup *group)
{
	/* 0 is whoever writes it. A parent that wrote our number would wait for all CPUs, 5 ms and more. */
	if (write(group->tasks, "0", 1) == -1)
		return fail("join the control group");
	return 0;
}

uint64_t cgroup_v1_count_kills(const struct cgroup *group)
{
	return file_read_count(group->directory, "memory.oom_control", "oom_kill");
}
