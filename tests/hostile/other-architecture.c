/*
 * other-architecture - makes its calls by the numbers of 32-bit x86, which mean other ones to a filter.
 * scores: 0
 */
#include <unistd.h>

#include "container.h"

int container_run(struct container *c)
{
	(void)c;
#ifdef __x86_64__
	static const char answer[] = "container\n";
	long result;

	/* write(1, answer, 10), exit(0), as a 32-bit program would; the string is below 4 GiB only by luck. */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(4L), "b"(1L), "c"(answer), "d"(10L)
			 : "memory");
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(1L), "b"(0L) : "memory");
#endif
	return 0;
}
