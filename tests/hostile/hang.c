/*
 * hang - goes on for ten minutes, and listens to no signal.
 * scores: 0
 * says: never reported|stopped after|status : 137
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "container.h"

int container_run(struct container *c)
{
	time_t end = time(NULL) + 600;

	(void)c;
	for (int number = 1; number < 65; number++)
		signal(number, SIG_IGN);
	while (time(NULL) < end)
		sleep(1);
	return 0;
}
