/*
 * volume - the argument of --volume, SRC:DST[:ro].
 */
#include "container.h"
#include "fuzz.h"

/* The other way to see that a path stays inside: walk it, and keep the directories that it is in. */
static int walk(const char *path)
{
	char *copy = strdup(path), *rest = copy, *name;
	int depth = 0, lowest = 0;

	CHECK(copy);
	while ((name = strsep(&rest, "/"))) {
		if (strcmp(name, "") == 0 || strcmp(name, ".") == 0)
			continue;
		depth += strcmp(name, "..") == 0 ? -1 : 1;
		if (depth < lowest)
			lowest = depth;
	}
	free(copy);
	return lowest < 0 ? -1 : depth;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *original = fuzz_string(data, size);
	struct volume volumes[1] = { 0 };
	struct container c = { .volumes = volumes };
	const char *problem = volume_add(&c, text);

	CHECK(c.volume_count == (problem ? 0 : 1));
	if (!problem) {
		size_t source = strlen(volumes[0].source), target = strlen(volumes[0].target);
		const char *mode = original + source + 1 + target;

		CHECK(source > 0);
		CHECK(volumes[0].target[0] == '/');
		CHECK(walk(volumes[0].target) > 0);
		CHECK(strncmp(original, volumes[0].source, source) == 0);
		CHECK(strncmp(original + source + 1, volumes[0].target, target) == 0);
		CHECK(volumes[0].read_only == (strcmp(mode, ":ro") == 0));
		CHECK(volumes[0].read_only || strcmp(mode, ":rw") == 0 || *mode == '\0');
		CHECK(volumes[0].tree == -1);
	}
	free(original);
	free(text);
	return 0;
}
