/*
 * mounts - /proc/self/mounts, in which cgroup_create() looks for the trees of control groups.
 *
 * The first byte says what the host answers. Nothing is made: there is no directory to make it in.
 *
 * wraps: setmntent open fstatfs openat mkdirat file_has_word cgroup_v2_pass_on
 */
#include <errno.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdbool.h>
#include <sys/vfs.h>

#include "container.h"
#include "fuzz.h"

static const uint8_t *input;
static size_t input_size;
static uint8_t answers;

FILE *__wrap_setmntent(const char *path, const char *mode);
int __wrap_open(const char *path, int flags, ...);
int __wrap_fstatfs(int fd, struct statfs *status);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_mkdirat(int directory, const char *path, mode_t mode);
bool __wrap_file_has_word(int directory, const char *name, const char *word);
int __wrap_cgroup_v2_pass_on(int directory, const char *controller);

FILE *__wrap_setmntent(const char *path, const char *mode)
{
	CHECK(strcmp(path, "/proc/self/mounts") == 0 && *mode == 'r');
	return fuzz_file(input, input_size);
}

/* Not the input's path: a descriptor that is nobody's. */
int __wrap_open(const char *path, int flags, ...)
{
	(void)flags;
	CHECK(path);
	return answers & 1 ? -1 : 9999;
}

int __wrap_fstatfs(int fd, struct statfs *status)
{
	CHECK(fd == 9999);
	status->f_type = answers & 2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
	return answers & 4 ? -1 : 0;
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	(void)flags;
	CHECK(directory == 9999 && *path);
	errno = ENOENT;
	return -1;
}

int __wrap_mkdirat(int directory, const char *path, mode_t mode)
{
	CHECK(directory == 9999 && *path && mode == 0755);
	errno = EEXIST;
	return -1;
}

bool __wrap_file_has_word(int directory, const char *name, const char *word)
{
	CHECK(directory == 9999 && *name && *word);
	return answers & 8;
}

int __wrap_cgroup_v2_pass_on(int directory, const char *controller)
{
	CHECK(directory == 9999 && *controller);
	return answers & 16 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container c = {
		.memory_max = 100 << 20,
		.pids_max = 100,
		.cpu_quota = 1000,
		.cgroup_parent = "parent",
		.cgroup_v2 = -1,
	};

	if (size == 0)
		return 0;
	answers = data[0];
	input = data + 1;
	input_size = size - 1;
	c.cgroup_asked = answers & 32 ? CGROUP_MEMORY : 0;
	cgroup_create(&c);
	CHECK(
	    c.cgroup_count == 0 && c.cgroup_missing == (CGROUP_MEMORY | CGROUP_PIDS | CGROUP_CPU));
	return 0;
}
