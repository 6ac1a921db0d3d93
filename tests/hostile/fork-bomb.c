/*
 * fork-bomb - four thousand processes, each of them busy for a minute.
 * scores: 0
 */
#include <time.h>
#include <unistd.h>

#include "container.h"

int container_run(struct container *c)
{
	time_t end = time(NULL) + 60;

	(void)c;
	for (int i = 0; i < 12; i++)
		fork();
	while (time(NULL) < end)
		fork() == 0 ? _exit(0) : (void)0;
	return 0;
}
