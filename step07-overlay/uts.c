/*
 * uts.c - a hostname of its own: uts_namespaces(7).
 *
 * CLONE_NEWUTS gave the child a copy of the host's names; from here on the two are
 * separate, and what we set is seen by this container alone.
 */
#include <string.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

int uts_set_hostname(const struct container *c)
{
	if (sethostname(c->hostname, strlen(c->hostname)) == -1)
		return fail("set hostname to %s", c->hostname);
	return 0;
}
