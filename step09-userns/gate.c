/*
 * gate.c - the child waits until the parent has done its part from outside: pipe(2).
 *
 * One pipe, one byte, one way. A byte opens the gate. End of file in its place does not: it means
 * that the parent failed or was killed, and a child that went on then would run the command without
 * what the parent had yet to do.
 */
#include <fcntl.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

int gate_create(struct container *c)
{
	if (pipe2(c->gate, O_CLOEXEC) == -1)
		return fail("make a pipe");
	return 0;
}

int gate_wait(struct container *c)
{
	char byte;
	ssize_t count;

	/* Our own copy of the write end would keep the pipe open for ever. */
	close(c->gate[1]);
	c->gate[1] = -1;
	count = read(c->gate[0], &byte, 1);
	if (count == -1)
		return fail("wait for the parent");
	return count == 1 ? 0 : -1; /* who closed it without a byte has said why, or is dead */
}

/*
 * The parent still has the read end. So if the child is dead, this is no EPIPE, and no failure of
 * ours to report: the byte stays in the pipe, and waiting tells about the child.
 */
int gate_open(struct container *c)
{
	if (write(c->gate[1], "", 1) != 1)
		return fail("let the child go on");
	return 0;
}

void gate_close(struct container *c)
{
	for (int end = 0; end < 2; end++) {
		if (c->gate[end] != -1)
			close(c->gate[end]);
		c->gate[end] = -1;
	}
}
