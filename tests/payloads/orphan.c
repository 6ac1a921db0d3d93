/*
 * orphan - leaves an orphan behind that ends at once, and tells who reaped it.
 *
 * Prints our parent's pid, then "reaped" if the orphan is gone within two seconds, or "zombie".
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	pid_t orphan;
	int ends[2];

	if (pipe(ends) == -1)
		return 1;
	if (fork() == 0) {
		orphan = fork();
		if (orphan == 0) {
			usleep(50000); /* until the one between has ended */
			_exit(0);
		}
		if (write(ends[1], &orphan, sizeof(orphan)) == -1)
			_exit(1);
		_exit(0);
	}
	if (read(ends[0], &orphan, sizeof(orphan)) != sizeof(orphan))
		return 1;
	wait(NULL);
	printf("parent %d\n", getppid());
	for (int i = 0; i < 40; i++) {
		usleep(50000);
		if (kill(orphan, 0) == -1 && errno == ESRCH) {
			puts("reaped");
			return 0;
		}
	}
	puts("zombie");
	return 0;
}
