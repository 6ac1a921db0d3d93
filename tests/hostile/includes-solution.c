/*
 * includes-solution - takes the reference's file instead of an own one.
 * scores: 0
 * says: does not build
 */
#include "@LADDER@/step02-uts/container.c"
