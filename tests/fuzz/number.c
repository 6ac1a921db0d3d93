/*
 * number - a whole number between two bounds; the first 16 bytes are the bounds.
 */
#include "number.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned long bounds[2], value;
	char *text, again[32];

	if (size < sizeof(bounds))
		return 0;
	memcpy(bounds, data, sizeof(bounds));
	text = fuzz_string(data + sizeof(bounds), size - sizeof(bounds));
	if (number_parse(text, bounds[0], bounds[1], &value) == 0) {
		CHECK(value >= bounds[0] && value <= bounds[1]);
		/* It is that number, but for zeros in front. */
		snprintf(again, sizeof(again), "%lu", value);
		CHECK(strlen(text) >= strlen(again));
		CHECK(strcmp(text + strlen(text) - strlen(again), again) == 0);
		CHECK(strspn(text, "0") >= strlen(text) - strlen(again));
	} else {
		/* What printf(3) makes of a number within the bounds is one. */
		snprintf(again, sizeof(again), "%lu", bounds[0]);
		CHECK(strcmp(text, again) != 0 || bounds[0] > bounds[1]);
	}
	free(text);
	return 0;
}
