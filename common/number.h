/*
 * number.h - numbers from the command line.
 */
#ifndef NUMBER_H
#define NUMBER_H

/* TEXT is digits only, from MIN to MAX. Returns 0 and fills VALUE, or -1. */
int number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *value);

#endif
