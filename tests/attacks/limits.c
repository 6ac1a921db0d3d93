/*
 * limits.c - bombs, each with a fuse: a bounded amount, gone as soon as it was granted.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define PROCESSES 250
#define MEMORY ((size_t)160 << 20)
#define DISK ((off_t)1 << 30)

static void fork_bomb(void)
{
	pid_t children[PROCESSES];
	int count = 0, error;

	while (count < PROCESSES) {
		children[count] = fork();
		if (children[count] == 0) {
			pause();
			_exit(0);
		}
		if (children[count] == -1)
			break;
		count++;
	}
	error = errno;
	for (int i = 0; i < count; i++)
		kill(children[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	errno = error;
	if (count < PROCESSES)
		refused("fork");
	open_door("%d processes", count);
}

static int use_memory(void)
{
	char *memory =
	    mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return errno;
	/* Not a step of a page: nothing smaller than memory itself shall stop it. */
	memset(memory, 1, MEMORY);
	return 0;
}

static void memory_bomb(void)
{
	int status = in_child(use_memory);

	if (status > 128)
		closed("killed by signal %d", status - 128);
	errno = status;
	decide(status ? -1 : 0, 0, "mmap");
}

/*
 * Under a limit of one fiftieth it gets 24 ms in its 1200; a twentieth proves that there is none,
 * on a machine that has no more to give as well.
 */
static void cpu_bomb(void)
{
	struct timespec start, now;
	struct rusage used;
	long milliseconds;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		getrusage(RUSAGE_SELF, &used);
		if (used.ru_utime.tv_sec + used.ru_stime.tv_sec > 0 ||
		    used.ru_utime.tv_usec + used.ru_stime.tv_usec > 200000)
			open_door("200 ms of CPU time");
		clock_gettime(CLOCK_MONOTONIC, &now);
		milliseconds =
		    (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
	} while (milliseconds < 1200);
	closed("less than 200 ms of CPU time in 1200");
}

/* Reserved, not written. */
static void disk_bomb(void)
{
	const char *path = inside("/usr/canary");
	struct statvfs status;
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	int result, error;

	if (fd == -1)
		refused("create");
	if (fstatvfs(fd, &status) == 0 && status.f_blocks * status.f_frsize > (unsigned long)DISK &&
	    status.f_bavail * status.f_frsize < 2 * (unsigned long)DISK) {
		unlink(path);
		absent("less than 2 GiB of disk are free");
	}
	result = fallocate(fd, 0, 0, DISK);
	error = errno;
	unlink(path);
	close(fd);
	errno = error;
	decide(result, 0, "fallocate");
}

static void realtime(void)
{
	const struct sched_param parameter = { .sched_priority = 1 };

	decide(sched_setscheduler(0, SCHED_FIFO, &parameter), 0, "sched_setscheduler");
}

/* What the machine has, not what the container may use. */
static void host_memory(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long total;

	if (!file || fscanf(file, "MemTotal: %lu", &total) != 1)
		refused("read /proc/meminfo");
	if (total != fact_number("memory"))
		closed("another number");
	open_door("/proc/meminfo");
}

const struct probe limit_probes[] = {
	{ "fork-bomb", fork_bomb },
	{ "memory-bomb", memory_bomb },
	{ "cpu-bomb", cpu_bomb },
	{ "disk-bomb", disk_bomb },
	{ "realtime", realtime },
	{ "host-memory", host_memory },
	{ 0 },
};
