/*
 * subnet - the arguments of --subnet and --network.
 */
#include "container.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), again[32];
	struct container c = { 0 };
	unsigned int prefix = 0;

	if (!net_set_subnet(&c, text)) {
		CHECK(c.subnet_size >= 4 && c.subnet_size <= 1 << 24);
		CHECK((c.subnet_size & (c.subnet_size - 1)) == 0);
		CHECK((c.subnet & (c.subnet_size - 1)) == 0);
		/* Written out again it is what was given, but for zeros in front of the prefix. */
		while (c.subnet_size << prefix)
			prefix++;
		snprintf(again, sizeof(again), "%u.%u.%u.%u/", c.subnet >> 24, c.subnet >> 16 & 255,
		    c.subnet >> 8 & 255, c.subnet & 255);
		CHECK(strncmp(text, again, strlen(again)) == 0);
		CHECK(strtoul(text + strlen(again), NULL, 10) == prefix);
	}
	if (!net_set_mode(&c, text))
		CHECK(c.network >= NETWORK_NONE && c.network <= NETWORK_HOST);
	free(text);
	return 0;
}
