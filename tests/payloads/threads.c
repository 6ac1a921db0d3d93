/* threads N: N threads add up what each has counted. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *count(void *number)
{
	return number;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	long sum = 0;

	for (long i = 1; i <= n; i++) {
		pthread_t thread;
		void *result;

		if (pthread_create(&thread, NULL, count, (void *)i) != 0)
			return 2;
		pthread_join(thread, &result);
		sum += (long)result;
	}
	printf("sum %ld\n", sum);
	return 0;
}
