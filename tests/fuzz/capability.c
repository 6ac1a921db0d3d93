/*
 * capability - the arguments of --cap-add and --cap-drop: each line of the input is one, "+" or "-" before it.
 */
#include <linux/capability.h>

#include "container.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *line;
	struct container c = { 0 };

	while ((line = strsep(&rest, "\n"))) {
		uint64_t *set = *line == '+' ? &c.capability_add : &c.capability_drop;
		uint64_t before = *set;
		const char *problem;

		if (*line != '\0')
			line++;
		problem = capability_choose(set, line);
		/* One more, or all, or none. */
		CHECK((*set & before) == before);
		CHECK(!problem || *set == before);
		if (!problem && *set != UINT64_MAX)
			CHECK(__builtin_popcountll(*set ^ before) <= 1 &&
			    *set >> (CAP_CHECKPOINT_RESTORE + 1) == 0);
		if (!problem)
			CHECK(strlen(line) >= strlen("all") && strspn(line, "-0123456789") == 0);
	}
	/* What is dropped one by one stays so, whatever is added. */
	if (c.capability_drop != UINT64_MAX)
		CHECK((capability_kept(&c) & c.capability_drop) == 0);
	else
		CHECK(capability_kept(&c) == c.capability_add);
	free(text);
	return 0;
}
