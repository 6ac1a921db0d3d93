/*
 * mask.c - what /proc and /sys tell of the whole machine, hidden or write-protected.
 *
 * Much of both is not divided by namespaces: /proc/sys/kernel/core_pattern names a program that
 * the host's kernel runs as root. The lists are docker's, without the CPUs' thermal_throttle; a
 * path that this kernel lacks is skipped. While root here keeps CAP_SYS_ADMIN it can unmount all this.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "kernel.h"
#include "report.h"

static const char *const hidden[] = { "proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore",
	"proc/keys", "proc/latency_stats", "proc/sched_debug", "proc/scsi", "proc/timer_list",
	"proc/timer_stats", "sys/devices/virtual/powercap", "sys/firmware" };

static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
	"proc/sysrq-trigger" };

/* Covers a directory with an empty file system, a file with /dev/null. */
static int mask_hide(const struct container *c, const char *path)
{
	struct stat status;
	int fd = target_open(c, path, RESOLVE_NO_SYMLINKS);
	bool directory;

	if (fd == -1)
		return errno == ENOENT ? 0 : fail("open /%s", path);
	directory = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
	close(fd);
	if (directory)
		return target_mount(c, "tmpfs", path, "tmpfs", MS_RDONLY, "size=4k");
	return target_mount(c, "/dev/null", path, NULL, MS_BIND, NULL);
}

/* Puts a read-only view of a path over it. */
static int mask_write_protect(const struct container *c, const char *path)
{
	int target = target_open(c, path, RESOLVE_NO_SYMLINKS);
	int tree = target == -1 ? -1 : target_clone_tree(target, "", true);
	int result = tree == -1 ? -1 : target_attach_tree(tree, target);

	if (result == -1 && target == -1 && errno == ENOENT)
		return 0;
	if (result == -1)
		fail("write-protect /%s", path);
	close(tree);
	close(target);
	return result;
}

int mask_paths(const struct container *c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (mask_hide(c, hidden[i]) == -1)
			return -1;
	for (size_t i = 0; i < sizeof(read_only) / sizeof(*read_only); i++)
		if (mask_write_protect(c, read_only[i]) == -1)
			return -1;
	return 0;
}

int mask_protect_root(const struct container *c)
{
	/* Not the tree below: volumes and /dev stay as they are. */
	struct mount_attributes attributes = { .attr_set = MOUNT_ATTR_RDONLY };

	if (c->read_only &&
	    syscall(SYS_mount_setattr, c->root, "", AT_EMPTY_PATH, &attributes,
		sizeof(attributes)) == -1)
		return fail("make the root read-only");
	return 0;
}
