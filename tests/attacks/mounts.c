/*
 * mounts.c - doors that open with mount(2), and those that /proc and /sys are.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define SYSFS_FILE "kernel/mm/ksm/run"

/* Left mounted where it stands: the host's side looks for it, and takes it away. */
static _Noreturn void mount_canary(const char *target)
{
	decide(mount("canary", target, "tmpfs", 0, "size=4k"), 0, "mount");
}

static void propagation(void)
{
	mount_canary(inside("/mnt"));
}

static void volume_propagation(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/on", fact("share"));
	mount_canary(path);
}

static void core_pattern(void)
{
	decide_open(CORE_PATTERN, O_WRONLY);
}

static void sysrq(void)
{
	if (access("/proc/sysrq-trigger", F_OK) == -1)
		absent("no /proc/sysrq-trigger");
	decide_open("/proc/sysrq-trigger", O_WRONLY);
}

static void sys_write(void)
{
	decide_open("/sys/" SYSFS_FILE, O_WRONLY);
}

/* Open if there is something to read in PATH. */
static _Noreturn void decide_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	char byte;

	if (fd == -1 && errno == ENOENT)
		absent("no %s", path);
	if (fd == -1)
		refused("open");
	if (read(fd, &byte, 1) != 1)
		closed("it is empty");
	open_door("read");
}

static void kcore(void)
{
	decide_read("/proc/kcore");
}

static void timer_list(void)
{
	decide_read("/proc/timer_list");
}

static void firmware(void)
{
	DIR *directory = opendir("/sys/firmware");
	const struct dirent *entry;

	if (!directory)
		refused("open /sys/firmware");
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			open_door("list");
	closed("it is empty");
}

/* The mask undone: /proc/sys made writable again. */
static void remount(void)
{
	if (access(CORE_PATTERN, W_OK) == -1 &&
	    mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL) == -1)
		refused("remount /proc/sys");
	core_pattern();
}

/* Or taken away. */
static void unmask(void)
{
	if (umount2("/proc/timer_list", MNT_DETACH) == -1 && errno != EINVAL)
		refused("umount");
	timer_list();
}

/* Opens FILE for writing in a new file system of TYPE, which is gone again when that is known. */
static _Noreturn void decide_fresh(
    const char *type, const char *options, const char *file, int flags)
{
	const char *target = inside("/mnt");
	char path[4096 + 256];
	int fd, error;

	if (mount(type, target, type, 0, options) == -1) {
		if (errno == ENODEV)
			absent("no file system %s", type);
		refused("mount");
	}
	/* One that is mounted already shares its superblock, and that may have been made read-only. */
	if (strcmp(type, "sysfs") == 0)
		mount(NULL, target, NULL, MS_REMOUNT, NULL);
	snprintf(path, sizeof(path), "%s/%s", target, file);
	fd = open(path, flags);
	error = errno;
	if (fd != -1)
		close(fd);
	umount2(target, MNT_DETACH);
	errno = error;
	if (fd == -1 && errno == ENOENT && strcmp(type, "cgroup2") == 0)
		absent("the root group has no limits");
	if (fd == -1)
		refused("open");
	open_door("open");
}

static void fresh_proc(void)
{
	decide_fresh("proc", NULL, "sys/kernel/core_pattern", O_WRONLY);
}

static void fresh_sys(void)
{
	decide_fresh("sysfs", NULL, SYSFS_FILE, O_WRONLY);
}

static void debugfs(void)
{
	decide_fresh("debugfs", NULL, ".", O_RDONLY | O_DIRECTORY);
}

static void binfmt(void)
{
	decide_fresh("binfmt_misc", NULL, "register", O_WRONLY);
}

/* CVE-2022-0492; only a tree of version 1 has the file, and only at its root. */
static void release_agent(void)
{
	decide_fresh("cgroup", fact("tree"), "release_agent", O_WRONLY);
}

/* The container's own group, by a mount of its own. */
static void limit_lift(void)
{
	static const char version_1[] = ":memory:";
	FILE *groups = fopen("/proc/self/cgroup", "r");
	char line[4096], path[4096 + 64];

	while (groups && fgets(line, sizeof(line), groups)) {
		const char *colon = strchr(line, ':');

		line[strcspn(line, "\n")] = '\0';
		if (colon && strncmp(colon, version_1, sizeof(version_1) - 1) == 0) {
			snprintf(path, sizeof(path), "%s/memory.limit_in_bytes",
			    colon + sizeof(version_1) - 1);
			decide_fresh("cgroup", "memory", path + (path[1] == '/'), O_WRONLY);
		}
	}
	/* Version 2 is the last line. */
	snprintf(path, sizeof(path), "%s/memory.max", line + strlen("0::"));
	decide_fresh("cgroup2", NULL, path, O_WRONLY);
}

/* CVE-2022-0185 was in what comes next, fsconfig(2). */
static void new_mount(void)
{
	decide(syscall(SYS_fsopen, "tmpfs", 0), 0, "fsopen");
}

const struct probe mount_probes[] = {
	{ "propagation", propagation },
	{ "volume-propagation", volume_propagation },
	{ "core-pattern", core_pattern },
	{ "proc-link", core_pattern },
	{ "sysrq", sysrq },
	{ "sys-write", sys_write },
	{ "kcore", kcore },
	{ "timer-list", timer_list },
	{ "firmware", firmware },
	{ "remount", remount },
	{ "unmask", unmask },
	{ "fresh-proc", fresh_proc },
	{ "fresh-sys", fresh_sys },
	{ "debugfs", debugfs },
	{ "binfmt-misc", binfmt },
	{ "release-agent", release_agent },
	{ "limit-lift", limit_lift },
	{ "fsopen", new_mount },
	{ 0 },
};
