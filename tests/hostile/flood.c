/*
 * flood - a million lines on standard output and standard error, and large pieces of memory and disk.
 * scores: 0
 * says: no message of the runtime's|went on after 1000 refusals|never reported
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

int container_run(struct container *c)
{
	int file = open("large", O_CREAT | O_WRONLY, 0600);
	char *memory = malloc(256 << 20);

	(void)c;
	if (posix_fallocate(file, 0, 256 << 20) != 0 || !memory)
		return 1;
	memset(memory, 1, 256 << 20);
	for (int i = 0; i < 1000000; i++)
		if (write(STDOUT_FILENO, "flood\n", 6) == -1)
			refuse("flood");
	return 0;
}
