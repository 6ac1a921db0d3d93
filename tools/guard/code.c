/*
 * code.c - whether a process runs genuine code: program, loader and libraries.
 *
 * A program that is root can put others where the command would be, or where that looks for its
 * libraries. So what counts is not what was to be executed but what is mapped, once it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

static const char *trusted_tree;
static struct timespec first_start; /* what is made later, the program may have made */

/* For nftw(3), which passes nothing on: the file that is looked for, and whether it was found. */
static int wanted = -1;
static off_t wanted_size;

void code_trust(const char *tree, struct timespec began)
{
	trusted_tree = tree;
	first_start = began;
}

static int is_copy(const char *path, const struct stat *status, int type, struct FTW *place)
{
	static char ours[65536], theirs[65536];
	off_t at = 0;
	ssize_t count;
	int file;

	(void)place;
	if (type != FTW_F || status->st_size != wanted_size)
		return 0;
	file = open(path, O_RDONLY | O_CLOEXEC);
	do {
		count = pread(file, ours, sizeof(ours), at);
		if (count < 0 || pread(wanted, theirs, sizeof(theirs), at) != count ||
		    memcmp(ours, theirs, (size_t)count) != 0)
			break;
		at += count;
	} while (count > 0);
	close(file);
	return at == wanted_size;
}

static bool is_genuine(pid_t pid, unsigned long from, unsigned long to)
{
	struct stat status;
	bool found = false;
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/map_files/%lx-%lx", pid, from, to);
	if (stat(path, &status) == -1)
		return errno == ENOENT && kill(pid, 0) == -1; /* it is gone */
	if (status.st_ctim.tv_sec < first_start.tv_sec ||
	    (status.st_ctim.tv_sec == first_start.tv_sec &&
		status.st_ctim.tv_nsec < first_start.tv_nsec))
		return true;
	wanted_size = status.st_size;
	wanted = open(path, O_RDONLY | O_CLOEXEC);
	if (wanted != -1) {
		found = nftw(trusted_tree, is_copy, 16, FTW_PHYS) == 1;
		close(wanted);
	}
	return found;
}

bool code_is_genuine(pid_t pid)
{
	char path[64], line[PATH_MAX + 128], rights[5], name[8];
	unsigned long from, to;
	bool genuine = true;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && genuine && fgets(line, sizeof(line), maps)) {
		name[0] = '\0';
		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %7s", &from, &to, rights, name) < 3 ||
		    rights[2] != 'x' || strcmp(name, "[vdso]") == 0 || strcmp(name, "[vsysca") == 0)
			continue;
		genuine = name[0] == '/' && is_genuine(pid, from, to);
	}
	if (maps)
		fclose(maps);
	return genuine;
}
