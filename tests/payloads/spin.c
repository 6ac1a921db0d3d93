/*
 * spin SECONDS - keeps a CPU busy for so long, and prints the CPU time it got, in milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long milliseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	long end = milliseconds(CLOCK_MONOTONIC) + (argc > 1 ? atol(argv[1]) * 1000 : 0);

	while (milliseconds(CLOCK_MONOTONIC) < end)
		;
	printf("%ld\n", milliseconds(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}
