/*
 * size.c - sizes in bytes from the command line.
 */
#include <ctype.h>
#include <string.h>

#include "number.h"
#include "size.h"

int size_parse(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	char digits[24];
	size_t length = strspn(text, "0123456789");
	unsigned long number;
	const char *unit = "";

	if (length >= sizeof(digits))
		return -1;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (number_parse(digits, 0, ~0UL, &number) == -1)
		return -1;
	*bytes = number;
	if (text[length] == '\0')
		return 0;
	unit = strchr(units, toupper((unsigned char)text[length]));
	if (!unit || text[length + 1] != '\0')
		return -1;
	return __builtin_mul_overflow(*bytes, UINT64_C(1) << (10 * (unit - units + 1)), bytes) ? -1
											       : 0;
}
