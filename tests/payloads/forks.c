/*
 * forks N - tries to have N children at once, and prints how many it got.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int wanted = argc > 1 ? atoi(argv[1]) : 0, got = 0;
	pid_t children[1000];

	for (int i = 0; i < wanted && i < 1000; i++) {
		pid_t child = fork();

		if (child == 0) {
			pause();
			_exit(0);
		}
		if (child > 0)
			children[got++] = child;
	}
	printf("%d\n", got);
	for (int i = 0; i < got; i++)
		kill(children[i], SIGKILL);
	return 0;
}
