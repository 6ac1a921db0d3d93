/*
 * execute.h - execve(2) with a search through the new environment's PATH.
 */
#ifndef EXECUTE_H
#define EXECUTE_H

/*
 * Becomes ARGV with ENV. A name without a slash is looked up in ENV's PATH, not in the
 * caller's, and a file that the kernel can't execute is an error: execvp(3) differs in both.
 * Returns only on failure, reported: EXIT_NOT_FOUND or EXIT_CANNOT_EXECUTE.
 */
int execute(char *const argv[], char *const env[]);

#endif
