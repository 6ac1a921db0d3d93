/*
 * orphan - leaves orphans behind that all end at once, and tells who reaped them.
 *
 * Prints our parent's pid, then "reaped" if each orphan is gone within two seconds, or "zombie".
 * They are many, because one SIGCHLD may stand for several.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORPHANS 40

int main(void)
{
	pid_t orphans[ORPHANS];
	int go[2], ends[2], left = ORPHANS;
	char byte;

	if (pipe(go) == -1 || pipe(ends) == -1)
		return 1;
	if (fork() == 0) {
		close(go[1]);
		for (int i = 0; i < ORPHANS; i++) {
			orphans[i] = fork();
			if (orphans[i] == 0)
				_exit((int)read(go[0], &byte, 1)); /* until nobody can write */
		}
		_exit(write(ends[1], orphans, sizeof(orphans)) != sizeof(orphans));
	}
	if (read(ends[0], orphans, sizeof(orphans)) != sizeof(orphans))
		return 1;
	wait(NULL);
	printf("parent %d\n", getppid());
	close(go[1]);
	for (int i = 0; i < 40 && left > 0; i++) {
		usleep(50000);
		while (left > 0 && kill(orphans[left - 1], 0) == -1 && errno == ESRCH)
			left--;
	}
	puts(left == 0 ? "reaped" : "zombie");
	return 0;
}
