/*
 * userns.c - root inside, nobody outside: user_namespaces(7).
 *
 * CLONE_NEWUSER gave the child all capabilities, over its own namespaces and over nothing else;
 * that is why an ordinary user may make one, and with it all the others. But no id exists in
 * there yet: until its maps are written, once, here by the parent, the child is 65534, nobody.
 *
 * A map is lines of "first id inside, first id outside, how many". Whoever is 0 inside is, for
 * every file and every process of the host, the id outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include "container.h"
#include "file.h"
#include "report.h"

/* One id: the caller's own, as root inside. This anybody may write. */
static int userns_map_caller(int process)
{
	/*
	 * Groups can also take rights away (a file of mode 0604), and who may call setgroups(2) can leave
	 * them. So the kernel wants that given up first: CVE-2014-8989.
	 */
	if (file_write(process, "setgroups", "deny") == -1)
		return fail("give up setgroups");
	if (file_write(process, "uid_map", "0 %u 1", geteuid()) == -1)
		return fail("write uid_map");
	if (file_write(process, "gid_map", "0 %u 1", getegid()) == -1)
		return fail("write gid_map");
	return 0;
}

/* A range of ids that nobody else has. This takes CAP_SETUID and CAP_SETGID outside. */
static int userns_map_range(const struct container *c, int process)
{
	if (file_write(process, "uid_map", "0 %u %u", c->uids.first, c->uids.count) == -1 ||
	    file_write(process, "gid_map", "0 %u %u", c->gids.first, c->gids.count) == -1) {
		fail("map root to %u and %u more", c->uids.first, c->uids.count - 1);
		if (errno == EPERM)
			hint("/proc/self/uid_map has the ids there are: --userns takes others");
		return -1;
	}
	return 0;
}

int userns_map_ids(const struct container *c)
{
	char path[32];
	int process, result;

	snprintf(path, sizeof(path), "/proc/%d", c->pid);
	process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process == -1)
		return fail("open %s", path);
	if (c->uids.count == 0)
		result = userns_map_caller(process);
	else if (geteuid() == 0)
		result = userns_map_range(c, process);
	else
		result = idmap_run_helpers(c);
	close(process);
	return result;
}

/*
 * We have all capabilities already, and an ordinary user's child is 0 as soon as the map is there. But
 * root's child is root outside still, an id that the map doesn't know: it could make no file (EOVERFLOW).
 */
int userns_become_root(const struct container *c)
{
	/* The caller's other groups have no id here, and would still count. With one id they must stay. */
	if (c->uids.count > 0 && setgroups(0, NULL) == -1)
		return fail("leave the caller's groups");
	if (setresgid(0, 0, 0) == -1 || setresuid(0, 0, 0) == -1)
		return fail("become root in the user namespace");
	return 0;
}
