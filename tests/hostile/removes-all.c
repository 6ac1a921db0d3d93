/*
 * removes-all - empties the folder that the test has made to be emptied.
 * scores: 0
 */
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "container.h"
#include "status.h"

static int destroy(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	remove(path);
	return 0;
}

int container_run(struct container *c)
{
	(void)c;
	nftw("@CANARY@", destroy, 16, FTW_DEPTH | FTW_PHYS);
	nftw("/proc/1/root@CANARY@", destroy, 16, FTW_DEPTH | FTW_PHYS);
	return EXIT_RUNTIME;
}
