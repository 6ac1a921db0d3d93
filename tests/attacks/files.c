/*
 * files.c - doors to the host's files, and ways to leave something behind in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

static void host_read(void)
{
	decide_canary(open(fact("secret"), O_RDONLY), "open the host's file");
}

static void host_write(void)
{
	decide(open(fact("secret"), O_WRONLY), 0, "open the host's file for writing");
}

/* Where it was started; or, if that is a directory above the root, all the way up and down again. */
static void host_cwd(void)
{
	char path[4096];
	int fd = open("secret", O_RDONLY);

	if (fd == -1) {
		snprintf(
		    path, sizeof(path), "../../../../../../../../../../../..%s", fact("secret"));
		fd = open(path, O_RDONLY);
	}
	decide_canary(fd, "open from the working directory");
}

/* A second root below the working directory: ".." never meets it on the way up. */
static void chroot_escape(void)
{
	if (chroot(inside("/mnt")) == -1)
		refused("chroot");
	for (int i = 0; i < 64; i++)
		if (chdir("..") == -1)
			break;
	if (chroot(".") == -1)
		refused("chroot");
	decide_canary(open(fact("secret"), O_RDONLY), "open the host's file");
}

/* Names the host's file by its inode, through any mount of the same file system. */
static void handle(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = { .handle.handle_type = (int)strtoul(fact("handle"), NULL, 10) };
	const char *digits = strchr(fact("handle"), ':');
	int mount = open(fact("share"), O_RDONLY | O_DIRECTORY);
	unsigned int byte;

	if (mount == -1)
		refused("open the volume");
	while (digits && sscanf(digits + 1, "%2x", &byte) == 1 &&
	    file.handle.handle_bytes < MAX_HANDLE_SZ) {
		file.handle.f_handle[file.handle.handle_bytes++] = (unsigned char)byte;
		digits += 2;
	}
	decide_canary(open_by_handle_at(mount, &file.handle, O_RDONLY), "open_by_handle_at");
}

/* Makes an empty file with MODE; the host's side looks whether it is there. */
static _Noreturn void leave(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		refused("create");
	decide(fchmod(fd, mode), 0, "chmod");
}

static void image_poison(void)
{
	leave(inside("/etc/canary"), 0644);
}

static void image_suid(void)
{
	leave(inside("/usr/canary"), 04755);
}

/* It runs; what its start has done to the host, the host's side sees. */
static void volume_link(void)
{
	open_door("it starts");
}

/* In what --upper keeps; the same act. */
static void upper_suid(void)
{
	image_suid();
}

/* Standard input is a log of the caller's, for writing only, that others have written to before. */
static void log_reopen(void)
{
	decide_canary(open("/proc/self/fd/0", O_RDONLY), "open /proc/self/fd/0 for reading");
}

static void volume_suid(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/canary", fact("share"));
	leave(path, 04755);
}

/* The victim sees by SO_PEERCRED who calls. */
static void real_root(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte;

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket",
		fact("share")) >= sizeof(address.sun_path))
		absent("too long a path for a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		refused("connect");
	/* Until it has seen. */
	decide(read(fd, &byte, 1), 0, "call the victim");
}

static void groups(void)
{
	gid_t list[256];
	int count = getgroups(256, list);

	for (int i = 0; i < count; i++)
		if (list[i] == fact_number("group") || list[i] == 65534)
			open_door("group %u", (unsigned int)list[i]);
	closed("the caller's group is not among its groups");
}

const struct probe file_probes[] = {
	{ "host-read", host_read },
	{ "host-write", host_write },
	{ "host-cwd", host_cwd },
	{ "workdir-fd", host_cwd },
	{ "chroot-escape", chroot_escape },
	{ "handle", handle },
	{ "image-poison", image_poison },
	{ "image-suid", image_suid },
	{ "upper-suid", upper_suid },
	{ "volume-suid", volume_suid },
	{ "log-reopen", log_reopen },
	{ "volume-link", volume_link },
	{ "upper-link", image_poison },
	{ "real-root", real_root },
	{ "groups", groups },
	{ 0 },
};
