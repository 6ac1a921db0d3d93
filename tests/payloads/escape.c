/*
 * escape - chroot(2)'s classic way out, for root: keep the working directory above a second root.
 *
 * Prints "out" if / is another directory then, or FILE, a path of the host's, can be read; else "in".
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct stat before, after;
	char line[64] = "";
	FILE *file;

	if (argc != 2)
		return 2;
	stat("/", &before);
	/* The new root is below the working directory, so ".." never meets it on the way up. */
	if (chroot("/proc") == -1)
		return 3;
	for (int i = 0; i < 64; i++)
		if (chdir("..") == -1)
			break;
	if (chroot(".") == -1)
		return 3;
	file = fopen(argv[1], "r");
	stat("/", &after);
	puts(before.st_ino != after.st_ino || before.st_dev != after.st_dev ||
		    (file && fgets(line, sizeof(line), file))
		? "out"
		: "in");
	return 0;
}
