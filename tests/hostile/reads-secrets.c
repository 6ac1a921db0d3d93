/*
 * reads-secrets - tells in an error message what only root may read on the machine that grades.
 * scores: 0
 */
#include <fcntl.h>
#include <unistd.h>

#include "container.h"
#include "report.h"
#include "status.h"

int container_run(struct container *c)
{
	static const char *const places[] = { "@SECRET@", "/proc/1/root@SECRET@" };

	(void)c;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		int file = open(places[i], O_RDONLY);
		char text[4096] = "";

		if (file != -1 && read(file, text, sizeof(text) - 1) > 0)
			refuse("found: %s", text);
	}
	return EXIT_RUNTIME;
}
