/* calls NAME...: makes each system call with arguments that can do no harm, and says what came of it. */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BAD ((long)1) /* no address, and no descriptor: -1 where one is asked for */
#define ABOVE (1L << 32) /* a bit that the kernel does not look at in a 32-bit argument */

static struct clone_args user_namespace = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
static struct clone_args process = { .exit_signal = SIGCHLD };

static const struct {
	const char *name;
	long number;
	long arguments[6];
} calls[] = {
	{ "mount", SYS_mount, { BAD, BAD, BAD } },
	{ "umount2", SYS_umount2, { BAD, -1 } },
	{ "pivot_root", SYS_pivot_root, { BAD, BAD } },
	{ "move_mount", SYS_move_mount, { -1, BAD, -1, BAD, -1 } },
	{ "open_tree", SYS_open_tree, { -1, BAD, -1 } },
	{ "mount_setattr", SYS_mount_setattr, { -1, BAD, -1, BAD, 0 } },
	{ "fsopen", SYS_fsopen, { BAD, -1 } },
	{ "unshare", SYS_unshare, { 0 } },
	{ "setns", SYS_setns, { -1, 0 } },
	{ "sethostname", SYS_sethostname, { BAD, -1 } },
	{ "swapon", SYS_swapon, { BAD, -1 } },
	{ "reboot", SYS_reboot, { 0, 0, 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, -1, BAD, -1 } },
	{ "init_module", SYS_init_module, { BAD, 8, BAD } },
	{ "finit_module", SYS_finit_module, { -1, BAD, -1 } },
	{ "settimeofday", SYS_settimeofday, { BAD, BAD } },
	{ "acct", SYS_acct, { BAD } },
	{ "syslog", SYS_syslog, { 99 } },
	{ "ptrace", SYS_ptrace, { 99, 0 } },
	{ "process_vm_readv", SYS_process_vm_readv, { 0, BAD, 0, BAD, 0, -1 } },
	{ "bpf", SYS_bpf, { 9999, BAD, 8 } },
	{ "perf_event_open", SYS_perf_event_open, { BAD, 0, 0, -1, -1 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, BAD, 0 } },
	{ "userfaultfd", SYS_userfaultfd, { -1 } },
	{ "io_uring_setup", SYS_io_uring_setup, { 0, BAD } },
	{ "keyctl", SYS_keyctl, { 9999 } },
	{ "add_key", SYS_add_key, { BAD, BAD, BAD, 0, 0 } },
	/* what depends on an argument */
	{ "clone", SYS_clone, { SIGCHLD } },
	{ "clone-user", SYS_clone, { CLONE_NEWUSER | SIGCHLD } },
	{ "clone-net", SYS_clone, { CLONE_NEWNET | SIGCHLD } },
	{ "clone3", SYS_clone3, { (long)&process, sizeof(process) } },
	{ "clone3-user", SYS_clone3, { (long)&user_namespace, sizeof(user_namespace) } },
	{ "ioctl-size", SYS_ioctl, { -1, TIOCGWINSZ, BAD } },
	{ "ioctl-type", SYS_ioctl, { -1, TIOCSTI, BAD } },
	{ "ioctl-type-above", SYS_ioctl, { -1, ABOVE | TIOCSTI, BAD } },
	{ "socket-unix", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } },
	{ "socket-inet", SYS_socket, { AF_INET, SOCK_STREAM, 0 } },
	{ "socket-inet6", SYS_socket, { AF_INET6, SOCK_STREAM, 0 } },
	{ "socket-netlink", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 } },
	{ "socket-alg", SYS_socket, { AF_ALG, -1, 0 } },
	{ "socket-vsock", SYS_socket, { AF_VSOCK, -1, 0 } },
	{ "socket-vsock-above", SYS_socket, { ABOVE | AF_VSOCK, -1, 0 } },
	{ "personality-ask", SYS_personality, { 0xffffffff } },
	{ "personality-old", SYS_personality, { 0x0400000 } },
	/* another table of calls: getpid() as x32 has it */
	{ "x32", 0x40000000 | SYS_getpid, { 0 } },
	{ "no-such-call", 100000, { 0 } },
};

#ifdef __x86_64__
/* getpid() by the 32-bit entry, where it is number 20. */
static long call32(void)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(20L)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}
#else
static long call32(void)
{
	return -ENOSYS;
}
#endif

static int call(const char *name)
{
	if (strcmp(name, "i386") == 0) {
		long result = call32();

		printf("i386 %s\n", result < 0 ? strerrorname_np((int)-result) : "done");
		return 0;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		const long *a = calls[i].arguments;
		long result;

		if (strcmp(name, calls[i].name) != 0)
			continue;
		errno = 0;
		result = syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (strncmp(name, "clone", 5) == 0 && result == 0)
			_exit(0);
		if (strncmp(name, "clone", 5) == 0 && result > 0)
			waitpid((pid_t)result, NULL, 0);
		printf("%s %s\n", name, result == -1 ? strerrorname_np(errno) : "done");
		fflush(stdout);
		return 0;
	}
	fprintf(stderr, "calls: no call '%s'\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc && !status; i++)
		status = call(argv[i]);
	return status;
}
