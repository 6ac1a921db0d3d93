/*
 * size.h - sizes in bytes from the command line.
 */
#ifndef SIZE_H
#define SIZE_H

#include <stdint.h>

/* TEXT is digits, then perhaps K, M or G (binary, either case). Returns 0 and fills BYTES, or -1. */
int size_parse(const char *text, uint64_t *bytes);

#endif
