/*
 * number.c - numbers from the command line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

int number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *value)
{
	/* strtoul(3) would take white space, signs and an empty string. */
	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -1;
	errno = 0;
	*value = strtoul(text, NULL, 10);
	return errno || *value < min || *value > max ? -1 : 0;
}
