/*
 * dev.c - the devices a program may expect, and no others.
 *
 * The host's /dev has its disks in it. The container's is an empty tmpfs with a few of the
 * host's nodes bound into it: mknod(2) would make them as well, but not in a user namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

#define QUIET (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };

static const char *const links[][2] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

static const char *const directories[] = { "pts", "shm", "mqueue" };

/* Fills the new /dev, open as DEV: mount points and symlinks. */
static int dev_create_files(int dev)
{
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++)
		if (mknodat(dev, nodes[i], S_IFREG | 0666, 0) == -1)
			return fail("create /dev/%s", nodes[i]);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlinkat(links[i][1], dev, links[i][0]) == -1)
			return fail("create /dev/%s", links[i][0]);
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		if (mkdirat(dev, directories[i], 0755) == -1)
			return fail("create /dev/%s", directories[i]);
	return 0;
}

int dev_mount(const struct container *c)
{
	char host[32];
	int dev, result;

	/* What is bound into it is a mount of its own, and opens; what is made in it does not. */
	if (target_mount(c, "tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64M") ==
	    -1)
		return -1;
	dev = target_open(c, "dev", 0);
	if (dev == -1)
		return fail("open the new /dev");
	result = dev_create_files(dev);
	close(dev);
	if (result == -1)
		return -1;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		snprintf(host, sizeof(host), "/dev/%s", nodes[i]);
		if (target_mount(c, host, host + 1, NULL, MS_BIND, NULL) == -1)
			return -1;
	}
	/* Terminals of its own; tty is group 5, which a user namespace may not have (EINVAL). */
	if (target_try_mount(c, "devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		"newinstance,ptmxmode=0666,mode=0620,gid=5") == -1 &&
	    target_mount(c, "devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		errno == EINVAL ? "newinstance,ptmxmode=0666,mode=0620"
				: "newinstance,ptmxmode=0666,mode=0620,gid=5") == -1)
		return -1;
	if (target_mount(c, "shm", "dev/shm", "tmpfs", QUIET, "mode=1777,size=64M") == -1 ||
	    target_mount(c, "mqueue", "dev/mqueue", "mqueue", QUIET, NULL) == -1)
		return -1;
	return 0;
}

int dev_mount_sys(const struct container *c)
{
	int tree, target, result;

	if (target_try_mount(c, "sysfs", "sys", "sysfs", QUIET | MS_RDONLY, NULL) == 0)
		return 0;
	if (errno != EPERM)
		return target_mount(c, "sysfs", "sys", "sysfs", QUIET | MS_RDONLY, NULL);
	/*
	 * A user namespace may mount sysfs only if it owns the network namespace. Else a copy of
	 * the host's, with all that is mounted on it (to leave that out would uncover what it hides:
	 * EINVAL), but for the control groups.
	 */
	target = target_open(c, "sys", RESOLVE_NO_SYMLINKS);
	tree = target == -1 ? -1 : target_clone_tree(AT_FDCWD, "/sys", true);
	result = tree == -1 ? -1 : target_attach_tree(tree, target);
	if (result == -1)
		fail("bind the host's /sys");
	close(tree);
	close(target);
	if (result == -1)
		return -1;
	return target_mount(c, "tmpfs", "sys/fs/cgroup", "tmpfs", QUIET | MS_RDONLY, "size=4k");
}
