/*
 * floor - the least that the kernel must be asked for to get the isolation of a step: what the steps are measured against.
 *
 *   floor STEP[-veth|-ip|-bare] ROOTFS VERSION MEMORY PIDS PROGRAM [ARG...]
 *
 * It does what stepNN run --rootfs ROOTFS PROGRAM does, with the same mounts, limits and sets, in a straight
 * line: no options, no search, no messages, nothing looked up twice, and nothing that only an unfriendly
 * root file system or a crash would call for. VERSION is v1 or v2, of control groups; MEMORY and PIDS are the
 * directories in which to make one (the same for v2, where the controllers must be passed on to it).
 * -veth: step06 and later with the pair of devices; -ip: the same as a shell script would do it, by running ip(8).
 * -bare: step08 and later without the filter of system calls.
 *
 * From step08 on it is linked with filter.o: filter_install() either builds the step's filter with libseccomp,
 * or has it as an array that was made beforehand.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

#ifndef MOUNT_ATTR_IDMAP /* 5.12 */
#define MOUNT_ATTR_IDMAP 0x00100000
#endif

#define QUIET (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define IDS "0 1879048192 65536"
#define ADDRESSES 0xc6120000 /* 198.18.0.0/15, set aside for benchmarks */

/* docker's 14 capabilities */
#define CAPABILITIES \
	(1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FSETID | 1U << CAP_FOWNER | \
	    1U << CAP_MKNOD | 1U << CAP_NET_RAW | 1U << CAP_SETGID | 1U << CAP_SETUID | \
	    1U << CAP_SETFCAP | 1U << CAP_SETPCAP | 1U << CAP_NET_BIND_SERVICE | \
	    1U << CAP_SYS_CHROOT | 1U << CAP_KILL | 1U << CAP_AUDIT_WRITE)

/* filter_ahead.c or filter_runtime.c, where a step has a filter */
int filter_install(void) __attribute__((weak));

static int step;
static bool veth, by_ip, bare, v2;
static const char *rootfs;
static int runtime = -1, memory = -1, pids = -1, layer = -1, gate[2];
static uint32_t address; /* the host's end; the container's is the next */

/* A floor with a hole in it would be too low: any call that fails ends it. */
static long must(long result, const char *what)
{
	if (result != -1)
		return result;
	perror(what);
	_exit(125);
}

static void put(const char *path, const char *text)
{
	int fd = (int)must(open(path, O_WRONLY | O_CLOEXEC), path);

	must(write(fd, text, strlen(text)), path);
	close(fd);
}

static void mount_on(
    const char *source, const char *path, const char *type, unsigned long flags, const char *data)
{
	must(mount(source, path, type, flags, data), path);
}

/* A list of netlink requests that goes out in one piece; the last is answered. */
struct requests {
	char bytes[1024];
	size_t size, last;
};

static void *requests_append(struct requests *list, const void *data, size_t size)
{
	char *place = list->bytes + list->size;

	if (data)
		memcpy(place, data, size);
	list->size += NLMSG_ALIGN(size);
	((struct nlmsghdr *)(list->bytes + list->last))->nlmsg_len =
	    (uint32_t)(list->size - list->last);
	return place;
}

static void requests_begin(
    struct requests *list, uint16_t type, uint16_t flags, const void *fixed, size_t size)
{
	const struct nlmsghdr header = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags };

	list->last = list->size;
	requests_append(list, &header, sizeof(header));
	requests_append(list, fixed, size);
}

static struct rtattr *requests_attribute(
    struct requests *list, uint16_t type, const void *value, size_t size)
{
	const struct rtattr attribute = { .rta_type = type, .rta_len = (uint16_t)RTA_LENGTH(size) };
	struct rtattr *place = requests_append(list, &attribute, sizeof(attribute));

	requests_append(list, value, size);
	return place;
}

static void requests_end_nest(struct requests *list, struct rtattr *nest)
{
	nest->rta_len = (uint16_t)(list->bytes + list->size - (char *)nest);
}

static void requests_send(struct requests *list)
{
	int fd = (int)must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "netlink");
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char request[1024];
	} answer;

	((struct nlmsghdr *)(list->bytes + list->last))->nlmsg_flags |= NLM_F_ACK;
	must(send(fd, list->bytes, list->size, 0), "send");
	must(recv(fd, &answer, sizeof(answer), 0), "recv");
	errno = -answer.error.error;
	must(errno ? -1 : 0, "netlink");
	close(fd);
}

static void add_address(struct requests *list, uint32_t index, uint32_t host_order)
{
	const struct ifaddrmsg fixed = {
		.ifa_family = AF_INET, .ifa_prefixlen = 30, .ifa_index = index
	};
	uint32_t value = htonl(host_order);

	requests_begin(list, RTM_NEWADDR, NLM_F_CREATE, &fixed, sizeof(fixed));
	requests_attribute(list, IFA_LOCAL, &value, sizeof(value));
}

/* Outside: both ends, under numbers of our choice, and the host's address. */
static void connect_network(pid_t child)
{
	const struct ifinfomsg host = {
		.ifi_index = 1000000 + getpid(), .ifi_flags = IFF_UP, .ifi_change = IFF_UP
	};
	const struct ifinfomsg inside = { .ifi_index = 2 };
	struct requests list = { .size = 0 };
	struct rtattr *info, *data, *peer;
	char name[IFNAMSIZ];
	int length = snprintf(name, sizeof(name), "flr%d", getpid()) + 1;

	requests_begin(&list, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &host, sizeof(host));
	requests_attribute(&list, IFLA_IFNAME, name, (size_t)length);
	info = requests_attribute(&list, IFLA_LINKINFO, NULL, 0);
	requests_attribute(&list, IFLA_INFO_KIND, "veth", 4);
	data = requests_attribute(&list, IFLA_INFO_DATA, NULL, 0);
	peer = requests_attribute(&list, VETH_INFO_PEER, NULL, 0);
	requests_append(&list, &inside, sizeof(inside));
	requests_attribute(&list, IFLA_IFNAME, "eth0", 5);
	requests_attribute(&list, IFLA_NET_NS_PID, &child, sizeof(child));
	requests_end_nest(&list, peer);
	requests_end_nest(&list, data);
	requests_end_nest(&list, info);
	add_address(&list, (uint32_t)host.ifi_index, address);
	requests_send(&list);
}

/* Inside, with the pair. */
static void configure_network(void)
{
	const struct rtmsg route = { .rtm_family = AF_INET,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_type = RTN_UNICAST };
	struct ifinfomsg up = { .ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct requests list = { .size = 0 };
	uint32_t gateway = htonl(address);

	requests_begin(&list, RTM_NEWLINK, 0, &up, sizeof(up));
	up.ifi_index = 2;
	add_address(&list, 2, address + 1);
	requests_begin(&list, RTM_NEWLINK, 0, &up, sizeof(up));
	requests_begin(&list, RTM_NEWROUTE, NLM_F_CREATE, &route, sizeof(route));
	requests_attribute(&list, RTA_GATEWAY, &gateway, sizeof(gateway));
	requests_send(&list);
}

/* ip(8) with LINE, cut at its spaces. */
__attribute__((format(printf, 1, 2))) static void run_ip(const char *format, ...)
{
	char line[256], *words[16] = { "ip" }, *rest = line;
	va_list arguments;
	int status;
	pid_t pid;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	for (int i = 1; i < 15 && (words[i] = strsep(&rest, " ")); i++)
		;
	pid = (pid_t)must(fork(), "fork");
	if (pid == 0) {
		execvp(words[0], words);
		_exit(127);
	}
	must(waitpid(pid, &status, 0), "wait");
	must(status == 0 ? 0 : -1, line);
}

static const char *dotted(uint32_t host_order)
{
	return inet_ntoa((struct in_addr){ htonl(host_order) });
}

static void connect_network_by_ip(pid_t child)
{
	run_ip("link add flr%d type veth peer name eth0 netns %d", getpid(), child);
	run_ip("address add %s/30 dev flr%d", dotted(address), getpid());
	run_ip("link set flr%d up", getpid());
}

/* While the host's file system, with ip(8) in it, is still there. */
static void configure_network_by_ip(void)
{
	run_ip("link set lo up");
	run_ip("address add %s/30 dev eth0", dotted(address + 1));
	run_ip("link set eth0 up");
	run_ip("route add default via %s", dotted(address));
}

static void bring_up_loopback(void)
{
	const struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = (int)must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	must(ioctl(fd, SIOCSIFFLAGS, &request), "bring up lo");
	close(fd);
}

/* The root file system, as the working directory. */
static void enter_root(void)
{
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make / private");
	if (step < 7) {
		mount_on(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL);
		must(chdir(rootfs), rootfs);
		return;
	}
	/* Any place of the host's will do for what is only seen here. */
	mount_on("tmpfs", "/mnt", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64M");
	must(chdir("/mnt"), "/mnt");
	must(mkdir("0", 0755), "0");
	must(mkdir("upper", 0755), "upper");
	must(mkdir("work", 0755), "work");
	must(mkdir("root", 0755), "root");
	must(syscall(SYS_move_mount, layer, "", AT_FDCWD, "0", MOVE_MOUNT_F_EMPTY_PATH), "layer");
	mount_on("overlay", "root", "overlay", MS_NODEV,
	    step < 9 ? "lowerdir=0,upperdir=upper,workdir=work"
		     : "userxattr,lowerdir=0,upperdir=upper,workdir=work");
	must(chdir("root"), "root");
}

static void fill_dev(void)
{
	static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };
	char host[32];

	mount_on("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64M");
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		snprintf(host, sizeof(host), "/dev/%s", nodes[i]);
		must(mknod(host + 1, S_IFREG | 0666, 0), host);
		mount_on(host, host + 1, NULL, MS_BIND, NULL);
	}
	must(symlink("/proc/self/fd", "dev/fd"), "dev/fd");
	must(symlink("/proc/self/fd/0", "dev/stdin"), "dev/stdin");
	must(symlink("/proc/self/fd/1", "dev/stdout"), "dev/stdout");
	must(symlink("/proc/self/fd/2", "dev/stderr"), "dev/stderr");
	must(symlink("pts/ptmx", "dev/ptmx"), "dev/ptmx");
	must(mkdir("dev/pts", 0755), "dev/pts");
	must(mkdir("dev/shm", 0755), "dev/shm");
	must(mkdir("dev/mqueue", 0755), "dev/mqueue");
	mount_on("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
	    "newinstance,ptmxmode=0666,mode=0620,gid=5");
	mount_on("shm", "dev/shm", "tmpfs", QUIET, "mode=1777,size=64M");
	mount_on("mqueue", "dev/mqueue", "mqueue", QUIET, NULL);
}

static void mask_paths(void)
{
	static const char *const files[] = { "proc/interrupts", "proc/kcore", "proc/keys",
		"proc/latency_stats", "proc/sched_debug", "proc/timer_list", "proc/timer_stats" };
	static const char *const folders[] = { "proc/acpi", "proc/asound", "proc/scsi",
		"sys/devices/virtual/powercap", "sys/firmware" };
	static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
		"proc/sysrq-trigger" };
	struct mount_attributes attributes = { .attr_set = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (mount("/dev/null", files[i], NULL, MS_BIND, NULL) == -1 && errno != ENOENT)
			must(-1, files[i]);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (mount("tmpfs", folders[i], "tmpfs", MS_RDONLY, "size=4k") == -1 &&
		    errno != ENOENT)
			must(-1, folders[i]);
	for (size_t i = 0; i < sizeof(read_only) / sizeof(*read_only); i++) {
		if (mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL) == 0)
			must(syscall(SYS_mount_setattr, AT_FDCWD, read_only[i], AT_RECURSIVE,
				 &attributes, sizeof(attributes)),
			    read_only[i]);
		else if (errno != ENOENT)
			must(-1, read_only[i]);
	}
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct sets[2] = { { .effective = CAPABILITIES,
	    .permitted = CAPABILITIES } };

	for (int i = 0; i <= CAP_LAST_CAP; i++)
		if (i > 31 || !(CAPABILITIES & 1U << i))
			if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == -1 && errno != EINVAL)
				must(-1, "drop from the bounding set");
	must(syscall(SYS_capset, &header, sets), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void child(char **command)
{
	static char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		NULL
	};
	struct pollfd parent = { .fd = runtime, .events = POLLIN };
	char byte;

	must(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
	umask(022);
	if (step >= 5) {
		if (!v2) {
			must(write(memory, "0", 1), "join the memory group");
			must(write(pids, "0", 1), "join the pids group");
		}
		must(unshare(CLONE_NEWCGROUP), "unshare");
	}
	if (veth || step >= 9) {
		close(gate[1]);
		must(read(gate[0], &byte, 1) == 1 ? 0 : -1, "gate");
	}
	if (step >= 9) {
		must(setgroups(0, NULL), "setgroups");
		must(setresgid(0, 0, 0), "setresgid");
		must(setresuid(0, 0, 0), "setresuid");
	}
	if (step >= 3) {
		must(prctl(PR_SET_PDEATHSIG, SIGKILL), "die with the parent");
		must(poll(&parent, 1, 0) == 0 ? 0 : -1, "parent");
	}
	if (step >= 2)
		must(sethostname("container", 9), "sethostname");
	if (by_ip)
		configure_network_by_ip();
	if (step >= 4) {
		enter_root();
		mount_on("proc", "proc", "proc", QUIET, NULL);
		fill_dev();
		mount_on("sysfs", "sys", "sysfs", QUIET | MS_RDONLY, NULL);
		mask_paths();
		must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
		must(umount2(".", MNT_DETACH), "umount");
		must(syscall(SYS_close_range, 3, ~0U, 0), "close_range");
		must(chdir("/"), "/");
	}
	if (veth && !by_ip)
		configure_network();
	else if (step >= 6 && !by_ip)
		bring_up_loopback();
	if (step >= 8)
		drop_capabilities();
	if (step >= 8 && !bare)
		must(filter_install(), "filter");
	execve(command[0], command, env);
	must(-1, command[0]);
}

/* The paths of the control groups and of what is in them. */
static char memory_group[PATH_MAX], pids_group[PATH_MAX];

static const char *in(const char *group, const char *file)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", group, file);
	return path;
}

/* Returns the group to clone into, or -1. */
static int make_groups(const char *memory_parent, const char *pids_parent)
{
	snprintf(memory_group, sizeof(memory_group), "%s/floor-%d", memory_parent, getpid());
	snprintf(pids_group, sizeof(pids_group), "%s/floor-%d", pids_parent, getpid());
	must(mkdir(memory_group, 0700), memory_group);
	if (v2) {
		put(in(memory_group, "memory.max"), "104857600");
		if (access(in(memory_group, "memory.swap.max"), W_OK) == 0)
			put(in(memory_group, "memory.swap.max"), "0");
		put(in(memory_group, "pids.max"), "100");
		return (int)must(open(memory_group, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "group");
	}
	must(mkdir(pids_group, 0700), pids_group);
	put(in(memory_group, "memory.limit_in_bytes"), "104857600");
	put(in(memory_group, "memory.memsw.limit_in_bytes"), "104857600");
	put(in(pids_group, "pids.max"), "100");
	memory = (int)must(open(in(memory_group, "tasks"), O_WRONLY | O_CLOEXEC), "tasks");
	pids = (int)must(open(in(pids_group, "tasks"), O_WRONLY | O_CLOEXEC), "tasks");
	return -1;
}

/* For a moment after its last process has ended, a group may still be busy. */
static void remove_group(const char *group)
{
	while (rmdir(group) == -1) {
		must(errno == EBUSY ? 0 : -1, group);
		usleep(100);
	}
}

/* A range of 65536 ids, and the layer's owners shifted to match. */
static void map_ids(pid_t pid)
{
	struct mount_attributes shift = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.propagation = MS_PRIVATE,
	};
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	put(path, IDS);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	put(path, IDS);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	shift.userns_fd = (uint64_t)must(open(path, O_RDONLY | O_CLOEXEC), path);
	must(syscall(SYS_mount_setattr, layer, "", AT_EMPTY_PATH, &shift, sizeof(shift)), "shift");
}

int main(int argc, char **argv)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int into, status;
	pid_t pid;

	if (argc < 7)
		return 125;
	step = atoi(argv[1]);
	by_ip = strstr(argv[1], "-ip");
	veth = by_ip || strstr(argv[1], "-veth");
	bare = strstr(argv[1], "-bare");
	rootfs = argv[2];
	v2 = strcmp(argv[3], "v2") == 0;
	address = ADDRESSES + 4 * ((uint32_t)getpid() & 0x7fff) + 1;

	if (step >= 2)
		args.flags |= CLONE_NEWUTS;
	if (step >= 3) {
		args.flags |= CLONE_NEWPID | CLONE_NEWIPC;
		runtime = (int)must(syscall(SYS_pidfd_open, getpid(), 0), "pidfd");
	}
	if (step >= 4)
		args.flags |= CLONE_NEWNS;
	if (step >= 5) {
		into = make_groups(argv[4], argv[5]);
		if (into != -1) {
			args.flags |= CLONE_INTO_CGROUP;
			args.cgroup = (uint64_t)into;
		}
	}
	if (step >= 6)
		args.flags |= CLONE_NEWNET;
	if (step >= 7)
		layer = (int)must(syscall(SYS_open_tree, AT_FDCWD, rootfs,
				      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
		    rootfs);
	if (step >= 9)
		args.flags |= CLONE_NEWUSER;
	if (veth || step >= 9)
		must(pipe2(gate, O_CLOEXEC), "pipe");

	pid = (pid_t)must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
	if (pid == 0)
		child(argv + 6);

	if (step >= 9)
		map_ids(pid);
	if (by_ip)
		connect_network_by_ip(pid);
	else if (veth)
		connect_network(pid);
	if (veth || step >= 9)
		must(write(gate[1], "", 1), "gate");
	must(waitpid(pid, &status, 0), "wait");
	if (step >= 5) {
		remove_group(memory_group);
		if (!v2)
			remove_group(pids_group);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
