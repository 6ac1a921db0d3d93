/*
 * file.h - small files in one go: what the kernel shows as one line of text.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes the text to NAME in DIRECTORY, in one write(2). Returns 0, or -1 with errno, not reported. */
int file_write(int directory, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads NAME in DIRECTORY, as much as fits, and ends it with a NUL. The same. */
int file_read(int directory, const char *name, char *text, size_t size);

/* True if WORD is one of those in NAME, between blanks. */
bool file_has_word(int directory, const char *name, const char *word);

/* The number behind KEY in a file of lines "key number"; 0 where there is none. */
uint64_t file_read_count(int directory, const char *name, const char *key);

#endif
