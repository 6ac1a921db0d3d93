/*
 * env.h - the command's environment, built from nothing.
 */
#ifndef ENV_H
#define ENV_H

/*
 * Puts ENTRY ("K=V", or "K" for the caller's own value, if it has one) into ENV, in place of
 * an earlier K. ENV is NULL-terminated, has room for one more, and keeps the pointer.
 * Returns 0, or -1 where ENTRY has no name.
 */
int env_set(char **env, const char *entry);

/* Returns the value of NAME in ENV, or NULL. */
const char *env_get(char *const env[], const char *name);

#endif
