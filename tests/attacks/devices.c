/*
 * devices.c - doors to the host's devices. A disk is opened for reading, and not read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "probe.h"

static void raw_disk(void)
{
	decide_open(fact("disk"), O_RDONLY);
}

static void kmsg_node(void)
{
	decide_open("/dev/kmsg", O_WRONLY);
}

static void pts_write(void)
{
	decide_open(fact("terminal"), O_WRONLY);
}

/* Makes a node for the host's disk at PATH, which is removed again, and opens it. */
static int open_node(const char *path)
{
	dev_t disk = makedev(fact_number("disk_major"), fact_number("disk_minor"));
	int fd, error;

	if (mknod(path, S_IFBLK | 0600, disk) == -1)
		return -1;
	fd = open(path, O_RDONLY | O_NONBLOCK);
	error = errno;
	unlink(path);
	errno = error;
	return fd;
}

static void mknod_root(void)
{
	decide(open_node(inside("/usr/canary")), 0, "open a new node");
}

static void mknod_dev(void)
{
	decide(open_node("/dev/canary"), 0, "open a new node");
}

static void mknod_volume(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/node", fact("share"));
	decide(open_node(path), 0, "open a new node");
}

static void mknod_tmpfs(void)
{
	char path[4096 + 16];
	int fd, error;

	if (mount("canary", inside("/mnt"), "tmpfs", 0, "size=4k") == -1)
		refused("mount");
	snprintf(path, sizeof(path), "%s/canary", inside("/mnt"));
	fd = open_node(path);
	error = errno;
	umount2(inside("/mnt"), MNT_DETACH);
	errno = error;
	decide(fd, 0, "open a new node");
}

/* Types one key into the terminal, which is a mock one. */
static _Noreturn void type_key(unsigned long request)
{
	char setting = '1';
	int fd = open("/proc/sys/dev/tty/legacy_tiocsti", O_RDONLY);

	if (fd != -1 && read(fd, &setting, 1) == 1 && setting == '0')
		absent("the kernel refuses it by itself: dev.tty.legacy_tiocsti");
	decide(syscall(SYS_ioctl, STDIN_FILENO, request, "x"), 0, "TIOCSTI");
}

static void tiocsti(void)
{
	type_key(TIOCSTI);
}

/* The kernel looks at the lower 32 bits, and a filter at all 64. */
static void tiocsti_high(void)
{
	type_key(TIOCSTI | 1UL << 32);
}

/* With a subcommand that no kernel has; a terminal that is no console has none of them. */
static void tioclinux(void)
{
	char subcommand = 127;

	decide(ioctl(STDIN_FILENO, TIOCLINUX, &subcommand), ENOTTY, "TIOCLINUX");
}

const struct probe device_probes[] = {
	{ "raw-disk", raw_disk },
	{ "kmsg-node", kmsg_node },
	{ "pts-write", pts_write },
	{ "mknod-root", mknod_root },
	{ "mknod-dev", mknod_dev },
	{ "mknod-volume", mknod_volume },
	{ "mknod-tmpfs", mknod_tmpfs },
	{ "tiocsti", tiocsti },
	{ "tiocsti-high", tiocsti_high },
	{ "tioclinux", tioclinux },
	{ 0 },
};
