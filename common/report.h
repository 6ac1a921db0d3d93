/*
 * report.h - one line for what went wrong, one for how to mend it.
 *
 * Who sees errno reports it, once; callers only propagate the -1. Each line goes out in a
 * single write(2), so those of parent and child never mix, and control characters in it are
 * replaced, so a file name can't forge a second line.
 */
#ifndef REPORT_H
#define REPORT_H

/* "step04: FORMAT...: strerror(errno)". Returns -1 and leaves errno as it was. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same where errno has nothing to say. Returns -1 and leaves errno as it was. */
int refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "step04: warning: FORMAT...": it goes on, but not as the caller may think. The same. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "hint: FORMAT...", after fail() or refuse(), where the cause is known. Leaves errno as it was. */
void hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
