/*
 * mount.c - a file system tree of its own: mount_namespaces(7), pivot_root(2).
 *
 * CLONE_NEWNS gave the child a copy of the host's mount table: the same tree, another list.
 * Four acts turn it into the container's: cut it loose, make the new root a mount, mount
 * a fresh /proc, and swap the roots. chroot(2) alone would leave the host's tree in place,
 * one more chroot() away for root (tests/payloads/escape.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

/*
 * systemd mounts / as shared, and a copy passes on what is mounted below it, or in a user namespace
 * receives it: without this call every mount of ours would appear on the host, or the host's here.
 */
int mount_make_private(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	fail("make / private");
	if (errno == EINVAL)
		hint("/ is not a mount point, as in a chroot: bind that directory onto itself");
	return -1;
}

/*
 * pivot_root(2) takes only a mount for a root, and a directory bound onto itself is one.
 * MS_REC brings what is mounted below it along.
 */
int mount_root(struct container *c)
{
	/* Layers, where there are any, are a mount already. */
	if (c->root != -1)
		return 0;
	if (mount(c->rootfs, c->rootfs, NULL, MS_BIND | MS_REC, NULL) == -1) {
		fail("bind root file system %s", c->rootfs);
		if (errno == ENOENT)
			hint("make rootfs makes one; --rootfs DIR takes another");
		return -1;
	}
	/* Only a look-up after the mount finds it: an earlier descriptor lies beneath. */
	c->root = open(c->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->root == -1)
		return fail("open root file system %s", c->rootfs);
	return 0;
}

/*
 * A procfs shows the PID namespace of whoever mounts it: this child's. It must come before the
 * host's tree is detached: in a user namespace the kernel allows a new one only beside a /proc
 * that nothing hides, and that is the host's.
 */
int mount_proc(const struct container *c)
{
	return target_mount(c, "proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

/*
 * The old root comes to lie on top of the new one, at the same place, and the unmount takes it
 * from there: no directory for put_old is needed (pivot_root(2), NOTES). MNT_DETACH, because
 * other mounts hang below it, and all of them shall go.
 */
int mount_pivot(const struct container *c)
{
	if (fchdir(c->root) == -1)
		return fail("enter the new root");
	if (syscall(SYS_pivot_root, ".", ".") == -1)
		return fail("pivot the root to %s", c->rootfs);
	if (umount2(".", MNT_DETACH) == -1)
		return fail("detach the old root");
	if (chdir("/") == -1)
		return fail("enter /");
	return 0;
}

int mount_enter_workdir(const struct container *c)
{
	char path[PATH_MAX];

	if (chdir(c->workdir) == -1)
		return fail("enter working directory %s", c->workdir);
	/* Outside our root the kernel answers "(unreachable)/...". */
	if (!getcwd(path, sizeof(path)) || path[0] != '/')
		return refuse("working directory %s: not inside the container", c->workdir);
	return 0;
}
