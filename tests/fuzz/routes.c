/*
 * routes - /proc/net/route, in which net_choose_subnet() looks for a subnet that is free.
 *
 * wraps: fopen
 */
#include "container.h"
#include "fuzz.h"

static const uint8_t *input;
static size_t input_size;

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/net/route") != 0)
		return __real_fopen(path, mode); /* libFuzzer's own */
	return input_size > 0 ? fmemopen((void *)(uintptr_t)input, input_size, "r") : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container c = { .network = NETWORK_VETH };

	input = data;
	input_size = size;
	if (net_choose_subnet(&c) == 0)
		CHECK(c.subnet_size >= 4 && (c.subnet & (c.subnet_size - 1)) == 0);
	return 0;
}
