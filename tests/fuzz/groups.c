/*
 * groups - /proc/self/cgroup, in which delegate_choose_parent() looks for where an ordinary user may make groups.
 *
 * The first byte says who owns what: one bit for each group on the way up.
 *
 * wraps: geteuid setmntent open file_read fstatat openat mkdirat file_write
 */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "fuzz.h"

static const uint8_t *input;
static size_t input_size;
static unsigned int owned;

uid_t __wrap_geteuid(void);
FILE *__wrap_setmntent(const char *path, const char *mode);
int __wrap_open(const char *path, int flags, ...);
int __wrap_file_read(int directory, const char *name, char *text, size_t size);
int __wrap_fstatat(int directory, const char *path, struct stat *status, int flags);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_mkdirat(int directory, const char *path, mode_t mode);
int __wrap_file_write(int directory, const char *name, const char *format, ...);

uid_t __wrap_geteuid(void)
{
	return 1000;
}

FILE *__wrap_setmntent(const char *path, const char *mode)
{
	static const uint8_t mounts[] = "none /sys/fs/cgroup cgroup2 rw 0 0\n";

	(void)path;
	(void)mode;
	return fuzz_file(mounts, sizeof(mounts) - 1);
}

int __wrap_open(const char *path, int flags, ...)
{
	(void)flags;
	CHECK(strcmp(path, "/sys/fs/cgroup") == 0);
	return 9999;
}

int __wrap_file_read(int directory, const char *name, char *text, size_t size)
{
	size_t length = input_size < size ? input_size : size - 1;

	if (directory != AT_FDCWD) {
		snprintf(text, size, "%d\n", getpid());
		return 0;
	}
	CHECK(strcmp(name, "/proc/self/cgroup") == 0);
	if (length > 0)
		memcpy(text, input, length);
	text[length] = '\0';
	return 0;
}

int __wrap_fstatat(int directory, const char *path, struct stat *status, int flags)
{
	CHECK(directory == 9999 && *path && flags == 0);
	status->st_uid = owned & 1 ? 1000 : 0;
	owned >>= 1;
	return 0;
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	(void)flags;
	CHECK(directory == 9999 && *path);
	return 9998;
}

int __wrap_mkdirat(int directory, const char *path, mode_t mode)
{
	(void)mode;
	CHECK(directory == 9998 && strcmp(path, "runtime") == 0);
	return 0;
}

int __wrap_file_write(int directory, const char *name, const char *format, ...)
{
	CHECK(directory == 9998 && strcmp(name, "runtime/cgroup.procs") == 0 && *format);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct container c;

	if (size == 0)
		return 0;
	memset(&c, 0, sizeof(c));
	c.cgroup_parent = "parent";
	owned = data[0];
	input = data + 1;
	input_size = size - 1;
	delegate_choose_parent(&c);
	if (c.cgroup_parent == c.cgroup_delegated) {
		size_t length = strlen(c.cgroup_delegated);

		/* Below something that is ours, all of it, and nothing of it cut off. */
		CHECK(data[0] & 1);
		CHECK(length > strlen("/parent") && length < sizeof(c.cgroup_delegated));
		CHECK(strcmp(c.cgroup_delegated + length - strlen("/parent"), "/parent") == 0);
	} else {
		CHECK(strcmp(c.cgroup_parent, "parent") == 0);
	}
	return 0;
}
