/*
 * size - a size in bytes, as --memory and --storage-size take it.
 */
#include <ctype.h>

#include "fuzz.h"
#include "size.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	size_t length = strlen(text), digits = strspn(text, "0123456789");
	unsigned __int128 number = 0;
	uint64_t bytes;
	int result = size_parse(text, &bytes);

	/* The same by hand, with more bits than it can need. */
	for (size_t i = 0; i < digits && number >> 64 == 0; i++)
		number = number * 10 + (unsigned int)(text[i] - '0');
	if (length == digits + 1)
		switch (toupper((unsigned char)text[digits])) {
		case 'K':
			number <<= 10;
			break;
		case 'M':
			number <<= 20;
			break;
		case 'G':
			number <<= 30;
			break;
		default:
			CHECK(result == -1);
		}
	CHECK(result == 0 || result == -1);
	if (digits == 0 || length > digits + 1 || number >> 64 != 0)
		CHECK(result == -1);
	if (result == 0)
		CHECK(bytes == (uint64_t)number);
	free(text);
	return 0;
}
