/*
 * limits - the arguments of --memory, --pids-limit and --cpus.
 */
#include <unistd.h>

#include "container.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct container c = { 0 };

	if (!cgroup_set_memory(&c, text))
		CHECK(c.memory_max >= 6 << 20);
	if (!cgroup_set_pids(&c, text))
		CHECK(c.pids_max >= 1 && (c.pids_max <= 4194304 || c.pids_max == UINT64_MAX));
	if (!cgroup_set_cpus(&c, text)) {
		CHECK(c.cpu_quota >= CGROUP_PERIOD / 100);
		CHECK(c.cpu_quota <= CGROUP_PERIOD * sysconf(_SC_NPROCESSORS_ONLN));
		CHECK(strtod(text, NULL) * CGROUP_PERIOD - c.cpu_quota < 1);
	}
	free(text);
	return 0;
}
