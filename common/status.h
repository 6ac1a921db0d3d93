/*
 * status.h - exit statuses, as docker run, chroot(1) and env(1) have them.
 */
#ifndef STATUS_H
#define STATUS_H

enum {
	EXIT_RUNTIME = 125, /* the runtime itself failed, bad options too */
	EXIT_CANNOT_EXECUTE = 126, /* the command was found and can't be executed */
	EXIT_NOT_FOUND = 127, /* the command was not found */
	EXIT_SIGNAL = 128, /* plus the number of the signal that killed the command */
};

#endif
