/*
 * tidy - stops as an editor does: its handler puts things in order first, then stops it.
 *
 * Prints "up", and at each SIGTSTP "tidy-N", and "back-N" when it is continued.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	sigset_t stop;
	int received;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("up");
	for (int n = 1;; n++) {
		if (sigwait(&stop, &received) != 0)
			return 1;
		usleep(20000); /* a screen takes a while to restore */
		printf("tidy-%d\n", n);
		raise(SIGTSTP);
		sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here it stops */
		sigprocmask(SIG_BLOCK, &stop, NULL);
		printf("back-%d\n", n);
	}
}
