/*
 * background - leaves processes behind that hold on to everything, for five minutes.
 * scores: 0
 * leaves: 7140931
 */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "container.h"
#include "status.h"

int container_run(struct container *c)
{
	(void)c;
	for (int i = 0; i < 5; i++) {
		if (fork() != 0)
			continue;
		setsid();
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		prctl(PR_SET_NAME, "7140931");
		if (fork() == 0)
			setsid();
		sleep(300);
		_exit(0);
	}
	return EXIT_RUNTIME;
}
