/* setuid FILE: becomes user 1000, executes FILE, a set-uid copy of this, which says who it is then. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc == 1) {
		printf("uid %d, effective %d\n", getuid(), geteuid());
		return 0;
	}
	if (setresgid(1000, 1000, 1000) == -1 || setresuid(1000, 1000, 1000) == -1)
		return 2;
	execl(argv[1], argv[1], NULL);
	perror(argv[1]);
	return 2;
}
