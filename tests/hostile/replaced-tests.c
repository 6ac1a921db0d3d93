/*
 * replaced-tests - looks whether it could put tests that pass in the place of those that run, and so for bats.
 * scores: 0
 * never: could replace
 */
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <unistd.h>

#include "container.h"
#include "report.h"
#include "status.h"

/* Opens it for writing, and writes nothing. */
static void probe(const char *path)
{
	int file = open(path, O_WRONLY);

	if (file != -1)
		refuse("could replace %s", path);
	close(file);
}

int container_run(struct container *c)
{
	static const char *const files[] = { "@CANARY@/step02.bats", "/ladder/tests/step02.bats",
		"/ladder/tests/helper.bash", "/usr/bin/bats", "/usr/bin/hostname",
		"/usr/libexec/bats-core/bats", "/usr/lib/bats-core/common.bash" };

	(void)c;
	/* Only in the room: no machine has such a folder. */
	if (access("/ladder/killer", F_OK) == 0 && unshare(CLONE_NEWNS) == 0) {
		mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL);
		mount(NULL, "/ladder", NULL, MS_REMOUNT, NULL);
		mount(NULL, "/usr", NULL, MS_REMOUNT, NULL);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		probe(files[i]);
	return EXIT_RUNTIME;
}
