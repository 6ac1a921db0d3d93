/*
 * overlay.c - layers below, shared; one on top, private: Documentation/filesystems/overlayfs.rst.
 *
 * An overlay shows several directories as one. It never writes to the lower ones, so any number
 * of containers share them. What a container writes goes to the upper: a lower file is copied up
 * before its first change, and one that is deleted is hidden there by a whiteout.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "container.h"
#include "kernel.h"
#include "report.h"
#include "size.h"

/* Any directory that every host has: in the child's mount namespace it is ours to cover. */
#define STAGING "/tmp"

const char *overlay_add_layer(struct container *c, const char *path)
{
	if (c->layer_count == OVERLAY_LAYERS)
		return "overlayfs takes no more than 500 layers";
	c->layers[c->layer_count++] = (struct layer){ .path = path, .tree = -1 };
	return NULL;
}

const char *overlay_set_size(struct container *c, const char *text)
{
	if (size_parse(text, &c->storage_size) == -1)
		return "not a size: bytes, or a number with K, M or G";
	if (c->storage_size < UINT64_C(64) << 10)
		return "less than 64K, too little to write in";
	return NULL;
}

/* The directory PATH as a detached mount tree. A descriptor, or -1 with errno, not reported. */
static int overlay_open_tree(const char *path)
{
	int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int tree;

	if (directory == -1)
		return -1;
	tree = target_clone_tree(directory, "", false);
	close(directory);
	return tree;
}

/*
 * Makes and opens upper and work in DIRECTORY. Work is overlayfs's own: a copy is made there, and linked or
 * renamed to upper, so both lie side by side. From here on they have no names, as a name can become a symlink.
 */
static int overlay_make_storage(struct container *c, int directory)
{
	static const char *const names[] = { "upper", "work" };

	umask(022); /* as in the child: upper's mode is that of the container's / */
	/* A work without an upper is somebody's own, and overlayfs would empty its directory work. */
	if (faccessat(directory, "upper", F_OK, 0) == -1 &&
	    unlinkat(directory, "work", AT_REMOVEDIR) == -1 && errno != ENOENT)
		return -1;
	for (size_t i = 0; i < 2; i++) {
		if (mkdirat(directory, names[i], 0755) == -1 && errno != EEXIST)
			return -1;
		c->storage[i] =
		    openat(directory, names[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (c->storage[i] == -1)
			return -1;
	}
	return 0;
}

int overlay_open_layers(struct container *c)
{
	for (size_t i = 0; i < c->layer_count; i++) {
		struct layer *layer = &c->layers[i];

		if (layer->tree == -1)
			layer->tree = overlay_open_tree(layer->path);
		/* As with a volume: who may not clone it here may do so in the child. */
		if (layer->tree != -1 || errno == EPERM)
			continue;
		fail("open layer %s", layer->path);
		if (errno == ENOENT)
			hint("make rootfs makes one; --rootfs DIR and --layer DIR take others");
		return -1;
	}
	if (!c->upper || c->upper_tree != -1)
		return 0;
	c->upper_tree = overlay_open_tree(c->upper);
	if (c->upper_tree == -1)
		return errno == EPERM ? 0 : fail("open upper directory %s", c->upper);
	if (overlay_make_storage(c, c->upper_tree) == -1)
		return fail("make upper and work in %s", c->upper);
	return 0;
}

int overlay_lock_upper(struct container *c)
{
	if (!c->upper)
		return 0;
	/* From the tree where there is one: the path may be another directory's by now. */
	c->upper_lock = openat(c->upper_tree == -1 ? AT_FDCWD : c->upper_tree,
	    c->upper_tree == -1 ? c->upper : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->upper_lock == -1)
		return fail("open upper directory %s", c->upper);
	/* The kernel would take two mounts with one upper, and both would write to it. */
	if (flock(c->upper_lock, LOCK_EX | LOCK_NB) == -1) {
		fail("lock upper directory %s", c->upper);
		if (errno == EWOULDBLOCK)
			hint("another container is writing to it");
		return -1;
	}
	return 0;
}

/*
 * Overlayfs keeps its marks in extended attributes: trusted.* by default, which only the host's
 * root may write, or user.*. Returns the mount option that is right for the file system of UPPER.
 */
static const char *overlay_choose_attributes(const char *upper)
{
	if (setxattr(upper, "trusted.overlay.probe", "", 0, 0) == 0) {
		removexattr(upper, "trusted.overlay.probe");
		return "";
	}
	if (setxattr(upper, "user.overlay.probe", "", 0, 0) == -1) {
		warn("directories of lower layers can't be removed unless empty, nor made anew: %s",
		    strerror(errno));
		hint("tmpfs has user attributes from Linux 6.6; --upper DIR takes a disk");
	}
	removexattr(upper, "user.overlay.probe");
	return ",userxattr";
}

/* Attaches a tree on a new directory NAME of the staging tmpfs. errno, not reported. */
static int overlay_attach(int tree, const char *name)
{
	if (mkdir(name, 0755) == -1)
		return -1;
	return (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, name, MOVE_MOUNT_F_EMPTY_PATH);
}

/* Puts the layers in place as 0, 1, ... and lists them in LOWER. */
static int overlay_attach_layers(const struct container *c, char *lower, size_t size)
{
	char name[24];
	size_t used = 0;

	for (size_t i = 0; i < c->layer_count; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		if (overlay_attach(c->layers[i].tree, name) == -1)
			return fail("attach layer %s", c->layers[i].path);
		used += (size_t)snprintf(lower + used, size - used, "%s%s", i > 0 ? ":" : "", name);
	}
	return 0;
}

/* Where the container's own writes go: into the directory named, or into this tmpfs and its memory. */
static int overlay_attach_storage(struct container *c)
{
	int storage, result;

	if (c->upper && overlay_attach(c->upper_tree, "storage") == -1)
		return fail("attach upper directory %s", c->upper);
	if (c->upper)
		return 0;
	if (mkdir("storage", 0755) == -1)
		return fail("make a directory for what is written");
	storage = open("storage", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result = overlay_make_storage(c, storage);
	close(storage);
	return result == -1 ? fail("make upper and work") : 0;
}

/*
 * The trees are attached under short names and the mount names them from here, so neither a
 * colon in a path nor the 4096 bytes that mount(2) has for all options is in the way.
 */
int overlay_mount(struct container *c)
{
	char options[4096], lower[4 * OVERLAY_LAYERS], upper[32];

	snprintf(options, sizeof(options), "mode=755,size=%" PRIu64, c->storage_size);
	if (mount("overlay", STAGING, "tmpfs", MS_NOSUID | MS_NODEV, options) == -1)
		return fail("mount tmpfs on " STAGING);
	if (chdir(STAGING) == -1)
		return fail("enter " STAGING);
	if (overlay_attach_layers(c, lower, sizeof(lower)) == -1)
		return -1;
	if (overlay_attach_storage(c) == -1)
		return -1;
	if (mkdir("merged", 0755) == -1)
		return fail("make a mount point for the root");

	snprintf(upper, sizeof(upper), "/proc/self/fd/%d", c->storage[0]);
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=/proc/self/fd/%d%s",
	    lower, upper, c->storage[1], overlay_choose_attributes(upper));
	if (mount("overlay", "merged", "overlay", MS_NODEV, options) == -1) {
		fail("mount overlay of %s", c->rootfs);
		if (errno == ENODEV)
			hint("this kernel has no overlayfs: modprobe overlay");
		else if (errno == EINVAL)
			hint("not every file system can be a layer, fewer an upper directory");
		else if (errno == ELOOP)
			hint("a layer is there twice, or lies in another or in the upper one");
		return -1;
	}
	c->root = open("merged", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return c->root == -1 ? fail("open the root") : 0;
}
