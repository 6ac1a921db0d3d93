/*
 * mounts-over - puts its own folder, and then its own root, where the judge looks for its tools.
 * scores: 0
 * never: judge's (tools|root)
 */
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "report.h"
#include "status.h"

int container_run(struct container *c)
{
	(void)c;
	/* Only in the room: no machine has such a folder. */
	if (access("/ladder/killer", F_OK) == -1)
		return EXIT_RUNTIME;
	mkdir("own", 0755);
	mount("own", "own", NULL, MS_BIND, NULL);
	if (mount("own", "/ladder", NULL, MS_BIND, NULL) == 0)
		refuse("covered the judge's tools");
	if (syscall(SYS_pivot_root, "own", "own") == 0)
		refuse("took the judge's root");
	/* In a namespace of its own it may; only nothing of it must be shared. */
	if (unshare(CLONE_NEWNS) == 0) {
		mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL);
		mount("own", "/ladder", NULL, MS_BIND, NULL);
	}
	return EXIT_RUNTIME;
}
