/*
 * process.c - doors to the host's processes and to what they keep in memory.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe.h"

/* The victim's file in /proc; 0 opens nothing but makes the path. */
static const char *of_victim(const char *file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "/proc/%lu/%s", fact_number("pid"), file);
	return path;
}

static void fd_leak(void)
{
	int file = -1;

	for (int fd = 3; fd < 256 && file == -1; fd++)
		file = openat(fd, "secret", O_RDONLY);
	decide_canary(file, "a directory of the caller's, by its descriptor");
}

static void env_leak(void)
{
	const char *value = getenv("CANARY");

	if (!value)
		closed("the variable is not set");
	open_door("%s", value);
}

/* The victim tells whether it came. */
static void signal_victim(void)
{
	decide(kill((pid_t)fact_number("pid"), SIGUSR1), 0, "kill");
}

/* Signal 0 is none: it only asks whether there is somebody whom it could reach. */
static void signal_everybody(void)
{
	decide(kill(-1, 0), 0, "kill(-1, 0)");
}

/* A signal that is ignored unless somebody waits for it, as one in the runtime's group does. */
static void signal_group(void)
{
	decide(kill(0, SIGWINCH), 0, "kill(0, SIGWINCH)");
}

/* Seized, not attached: it is not stopped, and free again when this program ends. */
static void trace(void)
{
	decide(ptrace(PTRACE_SEIZE, (pid_t)fact_number("pid"), NULL, NULL), 0, "ptrace");
}

static void read_memory(void)
{
	char text[64] = "";
	struct iovec local = { text, sizeof(text) - 1 };
	struct iovec remote = { (void *)fact_number("address"), sizeof(text) - 1 };

	if (process_vm_readv((pid_t)fact_number("pid"), &local, 1, &remote, 1, 0) == -1)
		refused("process_vm_readv");
	open_door("%s", text);
}

/* The canary among the variables in the open file FD, or NULL. */
static const char *find_canary(int fd)
{
	static char text[16384];
	ssize_t length = read(fd, text, sizeof(text) - 1);

	for (char *v = text; length > 0 && v < text + length; v += strlen(v) + 1)
		if (strncmp(v, "CANARY=", 7) == 0)
			return v + 7;
	return NULL;
}

static void proc_environ(void)
{
	int fd = open(of_victim("environ"), O_RDONLY);
	const char *canary;

	if (fd == -1)
		refused("open /proc/PID/environ");
	canary = find_canary(fd);
	if (!canary)
		closed("no canary in it");
	open_door("%s", canary);
}

/* PID 1 is the runtime, with --init, and started by the caller. */
static void init_environ(void)
{
	int fd = open("/proc/1/environ", O_RDONLY);
	const char *canary = fd == -1 ? NULL : find_canary(fd);

	if (canary)
		open_door("%s", canary);
	if (fd == -1 && errno != ENOENT)
		refused("open /proc/1/environ");
	/* Where the host's /proc is in sight, PID 1 is not the one, but everybody else is in it. */
	proc_environ();
}

static void proc_root(void)
{
	char file[4096];

	snprintf(file, sizeof(file), "root%s", fact("secret"));
	decide_canary(open(of_victim(file), O_RDONLY), "open /proc/PID/root");
}

/* Opened for writing, then only read. */
static void proc_mem(void)
{
	int fd = open(of_victim("mem"), O_RDWR);
	char text[64] = "";

	if (fd == -1 || pread(fd, text, sizeof(text) - 1, (off_t)fact_number("address")) == -1)
		refused("open /proc/PID/mem for writing");
	open_door("%s", text);
}

/* A file that has no name any more: its descriptor is all that is left. */
static void proc_fd(void)
{
	char file[32];

	snprintf(file, sizeof(file), "fd/%lu", fact_number("fd"));
	decide_canary(open(of_victim(file), O_RDONLY), "open /proc/PID/fd/N");
}

static void proc_ns(void)
{
	int fd = open(of_victim("ns/uts"), O_RDONLY);

	if (fd == -1)
		refused("open /proc/PID/ns/uts");
	decide(setns(fd, CLONE_NEWUTS), 0, "setns");
}

static void shm_sysv(void)
{
	int id = shmget((key_t)fact_number("shm"), 0, 0);
	const char *memory;

	if (id == -1)
		refused("shmget");
	memory = shmat(id, NULL, SHM_RDONLY);
	if (memory == (void *)-1)
		refused("shmat");
	open_door("%.40s", memory);
}

/* Looked at, and no message taken out. */
static void queue(void)
{
	struct mq_attr attributes;
	mqd_t q = mq_open(fact("queue"), O_RDONLY | O_NONBLOCK);

	if (q == (mqd_t)-1)
		refused("mq_open");
	if (mq_getattr(q, &attributes) == -1)
		refused("mq_getattr");
	open_door("%ld message", attributes.mq_curmsgs);
}

static void shm_posix(void)
{
	char path[256];

	snprintf(path, sizeof(path), "/dev/shm%s", fact("queue"));
	decide_canary(open(path, O_RDONLY), "open in /dev/shm");
}

static bool barred; /* there was a program that may not even be read */

/*
 * CVE-2019-5736 wrote into the runtime's program through /proc/PID/exe. That is busy while it runs,
 * so the proof is a change of mode, to the same mode.
 */
static void try_exe(const char *proc)
{
	dev_t device = makedev(fact_number("major"), fact_number("minor"));
	struct dirent *entry;
	struct stat status;
	char path[512];
	DIR *directory = opendir(proc);
	int fd;

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "%s/%s/exe", proc, entry->d_name);
		fd = open(path, O_RDONLY);
		if (fd == -1 && errno == EACCES)
			barred = true;
		if (fd == -1)
			continue;
		if (fstat(fd, &status) == 0 && status.st_dev == device &&
		    status.st_ino == fact_number("inode"))
			decide(fchmod(fd, status.st_mode & 07777), 0, "chmod of /proc/PID/exe");
		close(fd);
	}
	if (directory)
		closedir(directory);
}

static void runtime_exe(void)
{
	try_exe("/proc");
	/* Of the container around this one: exe-nested mounts it there. */
	try_exe("/mnt");
	if (barred) {
		errno = EACCES;
		refused("open /proc/PID/exe");
	}
	closed("no process here runs the runtime's program");
}

const struct probe process_probes[] = {
	{ "fd-leak", fd_leak },
	{ "env-leak", env_leak },
	{ "signal", signal_victim },
	{ "signal-all", signal_everybody },
	{ "signal-group", signal_group },
	{ "ptrace", trace },
	{ "read-memory", read_memory },
	{ "proc-environ", proc_environ },
	{ "init-environ", init_environ },
	{ "proc-root", proc_root },
	{ "proc-mem", proc_mem },
	{ "proc-fd", proc_fd },
	{ "proc-ns", proc_ns },
	{ "shm-sysv", shm_sysv },
	{ "mqueue", queue },
	{ "shm-posix", shm_posix },
	{ "runtime-exe", runtime_exe },
	{ "exe-nested", runtime_exe },
	{ 0 },
};
