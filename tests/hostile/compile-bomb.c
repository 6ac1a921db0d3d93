/*
 * compile-bomb - a program of a gigabyte.
 * scores: 0
 * says: does not build
 */
#include "container.h"

char large[1 << 30] = { 1 };

int container_run(struct container *c)
{
	(void)c;
	return large[0];
}
