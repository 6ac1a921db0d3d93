/*
 * hog MEGABYTES - takes so much memory, touches each page of it, and says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	size_t megabytes = argc > 1 ? (size_t)atoi(argv[1]) : 0;

	for (size_t i = 0; i < megabytes; i++) {
		char *memory = malloc(1 << 20);

		if (!memory)
			return 1;
		memset(memory, 1, 1 << 20);
	}
	printf("has %zu\n", megabytes);
	return 0;
}
