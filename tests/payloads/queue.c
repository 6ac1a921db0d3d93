/*
 * queue KEY [make] - tells whether the System V message queue KEY can be seen; "make" makes it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

int main(int argc, char **argv)
{
	key_t key;

	if (argc < 2)
		return 2;
	key = (key_t)strtol(argv[1], NULL, 0);
	if (argc > 2 && msgget(key, IPC_CREAT | IPC_EXCL | 0600) == -1)
		return 3;
	puts(msgget(key, 0) == -1 ? "hidden" : "seen");
	return 0;
}
