/*
 * embeds-solution - takes the reference's program into its own, by the assembler.
 * scores: 0
 * says: does not build
 */
#include "container.h"

__asm__(".section .rodata\nsolution:\n.incbin \"@LADDER@/step02\"\n");

int container_run(struct container *c)
{
	(void)c;
	return 0;
}
