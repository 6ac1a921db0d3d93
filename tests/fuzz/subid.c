/*
 * subid - /etc/passwd, /etc/subuid and /etc/subgid, and the argument of --userns.
 *
 * The first byte says who asks; the rest is all three files, one behind the other, between NULs.
 *
 * wraps: fopen geteuid
 */
#include <unistd.h>

#include "container.h"
#include "fuzz.h"

static const uint8_t *input;
static size_t input_size;
static uid_t user;

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
uid_t __wrap_geteuid(void);

uid_t __wrap_geteuid(void)
{
	return user;
}

/* The next part of the input, up to a NUL. libFuzzer opens files too, but none of these. */
FILE *__wrap_fopen(const char *path, const char *mode)
{
	static const char *const files[] = { "/etc/passwd", "/etc/subuid", "/etc/subgid" };
	const uint8_t *part = input, *end;
	size_t size;
	bool ours = false;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		ours = ours || strcmp(path, files[i]) == 0;
	if (!ours)
		return __real_fopen(path, mode);
	end = input_size > 0 ? memchr(part, '\0', input_size) : NULL;
	size = end ? (size_t)(end - part) : input_size;
	input += size + (end != NULL);
	input_size -= size + (end != NULL);
	return size > 0 ? fmemopen((void *)(uintptr_t)part, size, "r") : NULL;
}

static void check(struct id_range range)
{
	CHECK(range.count <= 65536);
	CHECK(range.count == 0 || range.first > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container c = { 0 };
	char *text;

	if (size == 0)
		return 0;
	user = data[0] & 1 ? 1000 : 0;
	input = data + 1;
	input_size = size - 1;
	if (idmap_choose_ranges(&c) == 0) {
		check(c.uids);
		check(c.gids);
		CHECK((c.uids.count == 0) == (c.gids.count == 0));
		CHECK(user != 0 || c.uids.count > 0);
	}
	text = fuzz_string(data + 1, size - 1);
	memset(&c, 0, sizeof(c));
	if (!idmap_set_range(&c, text)) {
		check(c.uids);
		CHECK(c.uids.count > 0 && c.uids.first <= UINT32_MAX - c.uids.count);
		CHECK(c.uids.first == strtoul(text, NULL, 10));
	}
	free(text);
	return 0;
}
