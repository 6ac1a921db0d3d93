/*
 * idmap.c - which ids outside, and what has to know of them: subuid(5), newuidmap(1), mount_setattr(2).
 *
 * /etc/subuid and /etc/subgid give each user a range of ids that are nobody else's. Root may map any;
 * an ordinary user's are written by newuidmap and newgidmap, which are set-uid and look there:
 * the only programs but COMMAND that are executed here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "kernel.h"
#include "number.h"
#include "report.h"

enum {
	IDS = 65536, /* inside, 0 to 65535: images use 65534 */
	/* For root, where no range is root's: above what useradd(8) and systemd hand out. */
	IDS_FALLBACK = 0x70000000,
};

const char *idmap_set_range(struct container *c, const char *text)
{
	char first[12];
	size_t length = strcspn(text, ":");
	unsigned long number, count;

	if (length >= sizeof(first) || text[length] != ':')
		return "not FIRST:COUNT";
	memcpy(first, text, length);
	first[length] = '\0';
	if (number_parse(first, 1, UINT32_MAX - IDS, &number) == -1)
		return "the first id is no number from 1 to 4294901759";
	if (number_parse(text + length + 1, 1, IDS, &count) == -1)
		return "the count is no number from 1 to 65536";
	c->uids = (struct id_range){ (uint32_t)number, (uint32_t)count };
	c->gids = c->uids;
	return NULL;
}

/* The name of the caller. getpwuid(3) would need a dynamic program. */
static const char *idmap_find_name(void)
{
	FILE *users = fopen("/etc/passwd", "re");
	const struct passwd *user = NULL;

	while (users && (user = fgetpwent(users)) && user->pw_uid != geteuid())
		;
	if (users)
		fclose(users);
	return user ? user->pw_name : "";
}

/* The caller's range in FILE, by NAME or number; none, if there is none. */
static struct id_range idmap_read_range(const char *file, const char *name)
{
	FILE *ranges = fopen(file, "re");
	struct id_range range = { 0 };
	char line[256], owner[64], number[12];

	snprintf(number, sizeof(number), "%u", geteuid());
	while (ranges && range.count == 0 && fgets(line, sizeof(line), ranges))
		if (sscanf(line, "%63[^:]:%u:%u", owner, &range.first, &range.count) != 3 ||
		    (strcmp(owner, name) != 0 && strcmp(owner, number) != 0) || range.first == 0)
			range.count = 0;
	if (ranges)
		fclose(ranges);
	if (range.count > IDS)
		range.count = IDS;
	return range;
}

int idmap_choose_ranges(struct container *c)
{
	const char *name = idmap_find_name();

	/* The host's end of a cable is made in the host's network, whoever we are inside. */
	if (c->network == NETWORK_VETH && geteuid() != 0) {
		refuse("--network veth: only root may add a link to the host");
		hint("pasta(1) and slirp4netns(1) connect an ordinary user's containers");
		return -1;
	}
	if (c->uids.count > 0)
		return 0;
	c->uids = idmap_read_range("/etc/subuid", name);
	c->gids = idmap_read_range("/etc/subgid", name);
	if (c->uids.count > 0 && c->gids.count > 0)
		return 0;
	/* Both or none: with none an ordinary user has one id, which needs nobody's help. */
	c->uids = (struct id_range){ 0 };
	if (geteuid() == 0)
		c->uids = (struct id_range){ IDS_FALLBACK, IDS };
	c->gids = c->uids;
	return 0;
}

/* Runs newuidmap or newgidmap: 0 is the caller, and 1, 2, ... are the range. */
static int idmap_run_helper(
    const struct container *c, char *helper, unsigned int own, struct id_range range)
{
	char pid[12], id[12], first[12], count[12];
	char *argv[] = { helper, pid, "0", id, "1", "1", first, count, NULL };
	posix_spawnattr_t attributes;
	pid_t process;
	int status;

	snprintf(pid, sizeof(pid), "%d", c->pid);
	snprintf(id, sizeof(id), "%u", own);
	snprintf(first, sizeof(first), "%u", range.first);
	snprintf(count, sizeof(count), "%u", range.count);
	/* All signals are blocked, since job_begin(): a helper that hangs must still hear Ctrl-C. */
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &c->job.mask);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	errno = posix_spawnp(&process, helper, NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	if (errno) {
		fail("run %s", helper);
		hint("package uidmap has it");
		return -1;
	}
	if (waitpid(process, &status, 0) == -1)
		return fail("wait for %s", helper);
	/* It has said itself what was wrong. */
	return status == 0 ? 0 : refuse("%s has not mapped the container's ids", helper);
}

int idmap_run_helpers(const struct container *c)
{
	if (idmap_run_helper(c, "newuidmap", geteuid(), c->uids) == -1)
		return -1;
	return idmap_run_helper(c, "newgidmap", getegid(), c->gids);
}

/*
 * /dev/stdout opens our pipe anew, which only its owner may. The same as runc does, but for pipes
 * alone: a file or a terminal that changed hands would be found changed afterwards.
 */
int idmap_give_pipes(const struct container *c)
{
	struct statfs type;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && geteuid() == 0; fd++)
		/* EPERM: we are root in a user namespace ourselves, and the pipe is from outside it. */
		if (fstatfs(fd, &type) == 0 && type.f_type == PIPEFS_MAGIC &&
		    fchown(fd, c->uids.first, c->gids.first) == -1 && errno != EPERM)
			return fail("give descriptor %d to the container's root", fd);
	return 0;
}

/* Upper or work: if root's, it is given away. Another owner's keeps its owner, and is refused. */
static int idmap_give_storage(const struct container *c, int directory)
{
	struct stat status;

	if (fstat(directory, &status) == -1)
		return fail("look at upper directory %s", c->upper);
	if (status.st_uid != 0 && status.st_uid != c->uids.first)
		return refuse("upper directory %s: what is in it is user %u's, not the container's",
		    c->upper, status.st_uid);
	if (fchownat(directory, "", c->uids.first, c->gids.first, AT_EMPTY_PATH) == -1)
		return fail("give upper directory %s to the container's root", c->upper);
	return 0;
}

/*
 * On disk the layers are root's, which nobody inside is any more. An idmapped mount shows each file
 * as if its owner were the mapped one, without changing a file. The upper must not have that, or what is
 * written would be real root's: it is given to the mapped root instead.
 */
int idmap_shift_layers(const struct container *c)
{
	struct mount_attributes attributes = { .attr_set = MOUNT_ATTR_IDMAP };
	char path[32];
	int namespace;
	bool warned = false;

	if (geteuid() != 0)
		return 0;
	for (int i = 0; c->upper_tree != -1 && i < 2; i++)
		if (idmap_give_storage(c, c->storage[i]) == -1)
			return -1;
	snprintf(path, sizeof(path), "/proc/%d/ns/user", c->pid);
	namespace = open(path, O_RDONLY | O_CLOEXEC);
	if (namespace == -1)
		return fail("open %s", path);
	attributes.userns_fd = (uint64_t) namespace;
	for (size_t i = 0; i < c->layer_count; i++) {
		if (syscall(SYS_mount_setattr, c->layers[i].tree, "", AT_EMPTY_PATH, &attributes,
			sizeof(attributes)) == 0)
			continue;
		warn("files of layer %s are nobody's inside: %s", c->layers[i].path,
		    strerror(errno));
		if (errno == EINVAL && !warned)
			hint("its file system has no idmapped mounts; ext4 has, from Linux 5.12");
		warned = true;
	}
	close(namespace);
	return 0;
}
