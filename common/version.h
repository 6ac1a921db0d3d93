/*
 * version.h - the ladder's version, the same for all its steps.
 */
#ifndef VERSION_H
#define VERSION_H

#define LADDER_VERSION "(container ladder) 0.1"

#endif
