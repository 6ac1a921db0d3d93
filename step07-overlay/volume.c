/*
 * volume.c - directories and files of the host's, shown in the container.
 *
 * The source is opened by the parent, as a detached mount tree, while the host's paths and rights still
 * hold; the child only puts it in place. The target is looked up inside the root, so a symlink in an image
 * can't send it elsewhere; what is missing of it is made.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

/* How many directories below / PATH ends; -1 if a ".." leads above it on the way. */
static int volume_depth(const char *path)
{
	int depth = 0;

	while (*path && depth != -1) {
		size_t length = strcspn(path, "/");

		if (length == 2 && strncmp(path, "..", 2) == 0)
			depth--;
		else if (length > 0 && !(length == 1 && *path == '.'))
			depth++;
		path += length + (path[length] == '/');
	}
	return depth;
}

/* What is wrong with a volume, or NULL. */
static const char *volume_check(const struct volume *volume, const char *mode)
{
	if (!volume->target)
		return "not SRC:DST or SRC:DST:ro";
	if (*volume->source == '\0')
		return "the source is empty";
	if (*volume->target != '/')
		return "the destination is not an absolute path";
	if (volume_depth(volume->target) == -1)
		return "the destination leaves the root";
	if (volume_depth(volume->target) == 0)
		return "the destination is the root itself";
	if (mode && strcmp(mode, "ro") != 0 && strcmp(mode, "rw") != 0)
		return "the mode is neither ro nor rw";
	return NULL;
}

const char *volume_add(struct container *c, char *argument)
{
	struct volume volume = { .source = strsep(&argument, ":"), .tree = -1 };
	const char *problem;

	volume.target = strsep(&argument, ":");
	volume.read_only = argument && strcmp(argument, "ro") == 0;
	problem = volume_check(&volume, argument);
	if (!problem)
		c->volumes[c->volume_count++] = volume;
	/* The caller's message shows it whole. */
	if (problem && volume.target)
		volume.target[-1] = ':';
	if (problem && argument)
		argument[-1] = ':';
	return problem;
}

int volume_open_sources(struct container *c)
{
	for (size_t i = 0; i < c->volume_count; i++) {
		struct volume *volume = &c->volumes[i];

		if (volume->tree != -1)
			continue;
		volume->tree = target_clone_tree(AT_FDCWD, volume->source, volume->read_only);
		/* Without privilege here the child tries again, which has it in its own namespaces. */
		if (volume->tree == -1 && errno != EPERM)
			return fail("open volume %s", volume->source);
	}
	return 0;
}

/*
 * Opens PATH inside the root and makes what is missing of it: its parent first, then the name in
 * the parent's descriptor, so no symlink can lead astray. PATH is cut and mended meanwhile.
 * Returns a descriptor, or -1 with errno, not reported.
 */
static int volume_open_target(const struct container *c, char *path, mode_t type)
{
	char *slash = strrchr(path, '/');
	int fd = target_open(c, path, 0);
	int parent, result;

	if (fd != -1 || errno != ENOENT || !slash)
		return fd;
	*slash = '\0';
	parent = slash == path ? target_open(c, "/", 0) : volume_open_target(c, path, S_IFDIR);
	*slash = '/';
	if (parent == -1)
		return -1;
	if (type == S_IFDIR)
		result = mkdirat(parent, slash + 1, 0755);
	else
		result = mknodat(parent, slash + 1, S_IFREG | 0644, 0);
	close(parent);
	if (result == -1 && errno != EEXIST && errno != ENOENT) /* a last slash */
		return -1;
	return target_open(c, path, 0);
}

static int volume_attach_one(const struct container *c, struct volume *volume)
{
	struct stat source;
	int target, result;

	/* Only EPERM gets this far without a tree (volume_open_sources). */
	errno = EPERM;
	if (volume->tree == -1 || fstat(volume->tree, &source) == -1)
		return fail("open volume %s", volume->source);
	target = volume_open_target(c, volume->target, source.st_mode & S_IFMT);
	if (target == -1)
		return fail("make %s in the container", volume->target);
	result = target_attach_tree(volume->tree, target);
	if (result == -1)
		fail("mount volume %s on %s", volume->source, volume->target);
	if (result == -1 && errno == EINVAL)
		hint("a directory goes on a directory, a file on a file");
	close(target);
	return result;
}

int volume_attach(struct container *c)
{
	for (size_t i = 0; i < c->volume_count; i++)
		if (volume_attach_one(c, &c->volumes[i]) == -1)
			return -1;
	return 0;
}
