/*
 * target.c - where a mount lands, and mount trees held by a descriptor.
 *
 * The root may be hostile: an image whose /proc is a symlink to /tmp, or a neighbour that swaps
 * a directory for a symlink while we mount (CVE-2021-30465). So a mount point is looked up once,
 * by openat2(2) and within the root, and then named by its descriptor. In the same way open_tree(2)
 * copies a mount tree without a name, until move_mount(2) attaches it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "container.h"
#include "kernel.h"
#include "report.h"

int target_open(const struct container *c, const char *path, uint64_t resolve)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | resolve,
	};
	const struct timespec moment = { .tv_nsec = 1000000 };
	int tries = 0, fd;

	/*
	 * EAGAIN: while a ".." was looked up something was renamed or mounted, anywhere, and the kernel can't
	 * tell whether it led out. A neighbour that makes or removes mounts does so for milliseconds.
	 */
	while ((fd = (int)syscall(SYS_openat2, c->root, path, &how, sizeof(how))) == -1 &&
	    errno == EAGAIN && ++tries < 500)
		nanosleep(&moment, NULL);
	return fd;
}

int target_try_mount(const struct container *c, const char *source, const char *path,
    const char *type, unsigned long flags, const char *data)
{
	char target[sizeof("/proc/self/fd/") + 10];
	int fd = target_open(c, path, RESOLVE_NO_SYMLINKS);
	int result;

	if (fd == -1)
		return -1;
	/* A magic link: mount(2) goes to the open file itself and looks up no name again. */
	snprintf(target, sizeof(target), "/proc/self/fd/%d", fd);
	result = mount(source, target, type, flags, data);
	close(fd);
	return result;
}

int target_mount(const struct container *c, const char *source, const char *path, const char *type,
    unsigned long flags, const char *data)
{
	if (target_try_mount(c, source, path, type, flags, data) == 0)
		return 0;
	fail("mount /%s in %s", path, c->rootfs);
	if (errno == ELOOP)
		hint("it is a symbolic link, and a mount point must not be one");
	else if (errno == ENOENT)
		hint("%s is not a root file system, or lacks the directory /%s", c->rootfs, path);
	return -1;
}

int target_clone_tree(int directory, const char *path, bool read_only)
{
	/*
	 * A copy of a shared mount is shared too: mounts made on it would reach the host. And a
	 * device made in it must not open, or mknod(2) would be the way to the host's disks.
	 */
	struct mount_attributes attributes = {
		.attr_set = MOUNT_ATTR_NODEV | (read_only ? MOUNT_ATTR_RDONLY : 0),
		.propagation = MS_PRIVATE,
	};
	int tree = (int)syscall(SYS_open_tree, directory, path,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
	int error;

	if (tree == -1)
		return -1;
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
		sizeof(attributes)) == 0)
		return tree;
	error = errno;
	close(tree);
	errno = error;
	return -1;
}

int target_attach_tree(int tree, int target)
{
	return (int)syscall(SYS_move_mount, tree, "", target, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}
