/*
 * fuzz.h - what the fuzz targets have in common.
 *
 * Each target is one file: libFuzzer calls LLVMFuzzerTestOneInput() with input that it makes up, and
 * a crash, a sanitizer's finding or a CHECK() that does not hold ends it. Not only "it does not crash": where a
 * parser accepts something, the target says in other words what it may accept.
 *
 * A line "wraps: NAME..." in a target's first comment has the linker send calls of NAME to
 * __wrap_NAME() there: what the parser reads from the system comes from the fuzzer instead.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody reads messages here (there are millions): the stack trace says which line it was. */
#define CHECK(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a string of its own, so that a byte too far is found out. The caller's to free. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	CHECK(text);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* The input as a file. */
static inline FILE *fuzz_file(const uint8_t *data, size_t size)
{
	return size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : fopen("/dev/null", "re");
}

#endif
