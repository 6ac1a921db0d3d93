/*
 * payload - what runs in the containers that are measured. It is static, and so needs nothing of its root.
 *
 *   payload                does nothing
 *   payload idle           waits for SIGTERM
 *   payload probe HOST...  prints what isolates it, a line each: HOST are the host's namespaces, as name:[inode]
 *
 * What limits do is tried: a child that takes more memory must be killed, and forks be refused.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void idle(void)
{
	sigset_t end;
	int signal;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	sigwait(&end, &signal);
}

static void show_namespaces(char **host)
{
	static const char *const names[] = { "uts", "pid", "ipc", "mnt", "cgroup", "net", "user" };

	printf("namespaces");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[64], link[64] = "";
		bool ours = true;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (readlink(path, link, sizeof(link) - 1) == -1)
			ours = false;
		for (char **other = host; *other; other++)
			if (strcmp(link, *other) == 0)
				ours = false;
		if (ours)
			printf(" %s", names[i]);
	}
	printf("\n");
}

/* chroot(2)'s way out: if / is another directory afterwards, it was no pivot_root(2). */
static void show_root(void)
{
	struct stat before, after;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		stat("/", &before);
		if (chroot("/proc") == -1)
			_exit(2);
		for (int i = 0; i < 64; i++)
			if (chdir("..") == -1)
				break;
		stat(".", &after);
		_exit(before.st_ino != after.st_ino || before.st_dev != after.st_dev);
	}
	waitpid(pid, &status, 0);
	printf("root %s\n",
	    status == 0			   ? "held"
		: WEXITSTATUS(status) == 1 ? "left"
					   : "chroot refused");
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Mount points, by name: what is mounted there and how; of a tmpfs its size as well. */
static void show_mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[1024], options[256], type[64], limits[1024], *lines[1024];
	size_t count = 0;

	while (file && fgets(line, sizeof(line), file) && count < 1024) {
		const char *dash = strstr(line, " - ");

		if (sscanf(line, "%*s %*s %*s %*s %1023s %255s", point, options) != 2 || !dash ||
		    sscanf(dash, " - %63s %*s %1023s", type, limits) != 2)
			continue;
		if (strcmp(type, "tmpfs") != 0)
			*limits = '\0';
		if (asprintf(&lines[count], "mount %s %s %s %s", point, type, options, limits) !=
		    -1)
			count++;
	}
	if (file)
		fclose(file);
	qsort(lines, count, sizeof(*lines), by_name);
	for (size_t i = 0; i < count; i++)
		puts(lines[i]);
}

static void show_directory(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	printf("files %s", path);
	for (int i = 0; i < count; i++)
		if (entries[i]->d_name[0] != '.')
			printf(" %s", entries[i]->d_name);
	printf("\n");
}

/* 150 megabytes, in a child: at a limit of 100 it is killed. */
static void show_memory(void)
{
	const size_t size = 150U << 20;
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		char *memory =
		    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory != MAP_FAILED)
			memset(memory, 1, size);
		_exit(memory == MAP_FAILED);
	}
	waitpid(pid, &status, 0);
	printf("memory %s\n",
	    WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? "limited" : "150M and more");
}

static void show_pids(void)
{
	pid_t children[200];
	int count = 0;

	while (count < 200) {
		children[count] = fork();
		if (children[count] == 0) {
			pause();
			_exit(0);
		}
		if (children[count] == -1)
			break;
		count++;
	}
	for (int i = 0; i < count; i++)
		kill(children[i], SIGKILL);
	for (int i = 0; i < count; i++)
		waitpid(children[i], NULL, 0);
	printf("pids %s\n", count < 200 ? "limited" : "200 and more");
}

static void show_network(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct if_nameindex *devices = if_nameindex();
	struct ifreq request = { 0 };
	char line[256];
	FILE *routes = fopen("/proc/net/route", "re");
	int count = 0;

	printf("devices");
	for (struct if_nameindex *device = devices; device && device->if_index; device++) {
		snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device->if_name);
		if (ioctl(fd, SIOCGIFFLAGS, &request) == 0)
			printf(
			    " %s:%s", device->if_name, request.ifr_flags & IFF_UP ? "up" : "down");
	}
	while (routes && fgets(line, sizeof(line), routes))
		count++;
	printf("\nroutes %d\n", count > 0 ? count - 1 : 0);
	if (routes)
		fclose(routes);
}

static void show_status(void)
{
	static const char *const keys[] = { "Uid:", "CapPrm:", "CapEff:", "CapInh:", "CapBnd:",
		"CapAmb:", "NoNewPrivs:", "Seccomp:" };
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			if (strncmp(line, keys[i], strlen(keys[i])) == 0)
				printf("%s", line);
	if (file)
		fclose(file);
}

/* What a filter answers; without arguments none of these does anything. */
static void show_calls(void)
{
	static const struct {
		const char *name;
		long number;
	} calls[] = {
		{ "keyctl", SYS_keyctl },
		{ "bpf", SYS_bpf },
		{ "userfaultfd", SYS_userfaultfd },
		{ "io_uring_setup", SYS_io_uring_setup },
		{ "kexec_load", SYS_kexec_load },
		{ "init_module", SYS_init_module },
		{ "mount", SYS_mount },
		{ "unshare", SYS_unshare },
		{ "setns", SYS_setns },
		{ "clone3", SYS_clone3 },
		{ "ptrace", SYS_ptrace },
		{ "socket", SYS_socket },
	};

	printf("calls");
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		errno = 0;
		syscall(calls[i].number, -1L, -1L, -1L, -1L, -1L, -1L);
		printf(" %s=%s", calls[i].name, strerrorname_np(errno));
	}
	printf("\n");
}

static void probe(char **host)
{
	struct utsname names;
	char map[256] = "";
	unsigned int inside, outside, count;
	int fd = open("/proc/self/uid_map", O_RDONLY);

	uname(&names);
	show_namespaces(host);
	printf("hostname %s\npid %d\n", names.nodename, getpid());
	/* Which ids they are outside is the runtime's to choose. */
	if (fd != -1 && read(fd, map, sizeof(map) - 1) > 0 &&
	    sscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		printf("ids %u from %u, root is %s\n", count, inside,
		    outside == 0 ? "root" : "nobody");
	show_status();
	show_root();
	show_mounts();
	show_directory("/dev");
	show_directory("/sys");
	show_network();
	show_calls();
	fflush(stdout);
	show_pids();
	show_memory();
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "idle") == 0)
		idle();
	else if (argc >= 2 && strcmp(argv[1], "probe") == 0)
		probe(argv + 2);
	return 0;
}
