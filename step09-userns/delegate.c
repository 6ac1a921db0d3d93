/*
 * delegate.c - an ordinary user's part of the tree of control groups: cgroup-v2.rst, Delegation.
 *
 * A user owns those groups that somebody gave away, as systemd does with -p Delegate=yes. The
 * container's group goes below the topmost of them: there the controllers are most likely passed
 * on already, and none of the user's processes is a member.
 */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "file.h"
#include "report.h"

/* Opens the tree of version 2. A descriptor, or -1. */
static int delegate_open_tree(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount = NULL;
	int tree = -1;

	while (mounts && tree == -1 && (mount = getmntent(mounts)))
		if (strcmp(mount->mnt_type, "cgroup2") == 0)
			tree = open(mount->mnt_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (mounts)
		endmntent(mounts);
	return tree;
}

/* Fills PATH with where we are in the tree of version 2: a line "0::/a/b". */
static int delegate_find_self(char *path, size_t size)
{
	char text[8192];
	char *line, *rest = text;

	if (file_read(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)) == -1)
		return -1;
	while ((line = strsep(&rest, "\n")))
		if (strncmp(line, "0::/", 4) == 0)
			return snprintf(path, size, "%s", line + 4) < (int)size ? 0 : -1;
	return -1;
}

static bool delegate_is_ours(int tree, const char *path)
{
	struct stat status;

	return *path && fstatat(tree, path, &status, 0) == 0 && status.st_uid == geteuid();
}

/*
 * A group that passes memory on can have no members. If the only one is us, as it is for a
 * scope that was made for this run, we go one level down.
 */
static void delegate_step_aside(int tree, const char *path)
{
	char members[64], alone[16];
	int group = openat(tree, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	snprintf(alone, sizeof(alone), "%d\n", getpid());
	if (group != -1 && file_read(group, "cgroup.procs", members, sizeof(members)) == 0 &&
	    strcmp(members, alone) == 0 &&
	    (mkdirat(group, "runtime", 0755) == 0 || errno == EEXIST))
		file_write(group, "runtime/cgroup.procs", "0");
	close(group);
}

void delegate_choose_parent(struct container *c)
{
	char path[sizeof(c->cgroup_delegated) - 32];
	char *slash;
	int tree;

	if (geteuid() == 0)
		return;
	tree = delegate_open_tree();
	if (tree == -1 || delegate_find_self(path, sizeof(path)) == -1 ||
	    !delegate_is_ours(tree, path))
		goto out;
	while ((slash = strrchr(path, '/'))) {
		*slash = '\0';
		if (delegate_is_ours(tree, path))
			continue;
		*slash = '/';
		break;
	}
	delegate_step_aside(tree, path);
	snprintf(c->cgroup_delegated, sizeof(c->cgroup_delegated), "%s/%s", path, c->cgroup_parent);
	c->cgroup_parent = c->cgroup_delegated;
out:
	close(tree);
}
