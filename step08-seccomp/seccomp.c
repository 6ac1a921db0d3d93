/*
 * seccomp.c - which system calls are answered: seccomp(2), seccomp_rule_add(3).
 *
 * The kernel has some 370 system calls, and a hole in any of them is a hole in every wall built so
 * far. A filter is a program that the kernel runs before each call. Ours is a list of what is
 * allowed: a list of what is forbidden is out of date with the next kernel's new call.
 *
 * What the list doesn't know is answered ENOSYS, as by a kernel that doesn't have it: programs
 * fall back to older calls. What is known and kept back is answered EPERM, as without privilege.
 *
 * libseccomp compiles it, in the parent, while the child mounts. The program follows the byte that
 * opened the gate (gate.c), and the child loads it when nothing else is left to do.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

static const char *const allowed[] = {
	/* processes and threads */
	"fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4", "waitid", "waitpid",
	"set_tid_address", "set_robust_list", "get_robust_list", "rseq", "futex", "futex_waitv",
	"futex_wake", "futex_wait", "futex_requeue", "membarrier", "arch_prctl", "prctl",
	"set_thread_area", "get_thread_area", "getpid", "getppid", "gettid", "getpgid", "getpgrp",
	"setpgid", "getsid", "setsid", "pidfd_open", "pidfd_send_signal", "process_mrelease",
	"riscv_flush_icache", "riscv_hwprobe", "map_shadow_stack",
	/* signals */
	"rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
	"rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack", "kill", "tkill",
	"tgkill", "pause", "alarm", "signalfd", "signalfd4", "restart_syscall",
	/* memory */
	"brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "msync", "mincore", "mlock",
	"mlock2", "mlockall", "munlock", "munlockall", "memfd_create", "memfd_secret",
	"remap_file_pages", "pkey_alloc", "pkey_free", "pkey_mprotect", "mseal", "cachestat",
	/* files: open, read, write */
	"open", "openat", "openat2", "creat", "close", "close_range", "read", "write", "readv",
	"writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek",
	"_llseek", "dup", "dup2", "dup3", "fcntl", "flock", "fsync", "fdatasync", "sync", "syncfs",
	"sync_file_range", "truncate", "ftruncate", "fallocate", "fadvise64", "readahead",
	"sendfile", "copy_file_range", "splice", "tee", "vmsplice", "pipe", "pipe2", "umask",
	/* files: names, attributes */
	"stat", "fstat", "lstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat",
	"faccessat2", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "chroot", "mkdir",
	"mkdirat", "rmdir", "mknod", "mknodat", "link", "linkat", "symlink", "symlinkat",
	"readlink", "readlinkat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "chmod",
	"fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime",
	"utimes", "futimesat", "utimensat", "getxattr", "lgetxattr", "fgetxattr", "listxattr",
	"llistxattr", "flistxattr", "setxattr", "lsetxattr", "fsetxattr", "removexattr",
	"lremovexattr", "fremovexattr", "getxattrat", "listxattrat", "setxattrat", "removexattrat",
	"name_to_handle_at", "inotify_init", "inotify_init1", "inotify_add_watch",
	"inotify_rm_watch", "fanotify_mark",
	/* waiting for many */
	"select", "pselect6", "poll", "ppoll", "epoll_create", "epoll_create1", "epoll_ctl",
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "io_setup",
	"io_destroy", "io_submit", "io_cancel", "io_getevents", "io_pgetevents",
	/* sockets; which families, see below */
	"bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername",
	"getsockopt", "setsockopt", "shutdown", "send", "recv", "sendto", "recvfrom", "sendmsg",
	"recvmsg", "sendmmsg", "recvmmsg",
	/* System V and POSIX message passing */
	"shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget",
	"msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive",
	"mq_notify", "mq_getsetattr",
	/* time: to set it takes CAP_SYS_TIME, but adjtimex(2) reads as well */
	"time", "gettimeofday", "clock_gettime", "clock_getres", "nanosleep", "clock_nanosleep",
	"times", "adjtimex", "clock_adjtime", "getitimer", "setitimer", "timer_create",
	"timer_delete", "timer_settime", "timer_gettime", "timer_getoverrun", "timerfd_create",
	"timerfd_settime", "timerfd_gettime",
	/* who we are, what we may use */
	"getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "setuid",
	"setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
	"setgroups", "capget", "capset", "getrlimit", "setrlimit", "prlimit64", "getrusage",
	"getpriority", "setpriority", "ioprio_get", "ioprio_set", "sched_yield",
	"sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam",
	"sched_getscheduler", "sched_setscheduler", "sched_get_priority_max",
	"sched_get_priority_min", "sched_rr_get_interval", "sched_getattr", "sched_setattr",
	"getcpu", "uname", "sysinfo", "getrandom",
	/* to give up more: a filter or a Landlock rule can only take away */
	"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"
};

#define NEVER (-1)

/* Known, and kept back, unless the capability that goes with it was added. */
static const struct {
	int capability;
	const char *name;
} guarded[] = {
	/* mounts: what was hidden and write-protected (mask.c) would come back */
	{ CAP_SYS_ADMIN, "mount" },
	{ CAP_SYS_ADMIN, "umount2" },
	{ CAP_SYS_ADMIN, "pivot_root" },
	{ CAP_SYS_ADMIN, "open_tree" },
	{ CAP_SYS_ADMIN, "move_mount" },
	{ CAP_SYS_ADMIN, "mount_setattr" },
	{ CAP_SYS_ADMIN, "fsopen" },
	{ CAP_SYS_ADMIN, "fsconfig" },
	{ CAP_SYS_ADMIN, "fsmount" },
	{ CAP_SYS_ADMIN, "fspick" },
	/* namespaces: in a new user namespace anyone has all capabilities, and meets code of the
	   kernel's that was written for root's eyes only (CVE-2022-0185) */
	{ CAP_SYS_ADMIN, "unshare" },
	{ CAP_SYS_ADMIN, "setns" },
	/* the names are the container's, and its root's to set */
	{ CAP_SYS_ADMIN, "sethostname" },
	{ CAP_SYS_ADMIN, "setdomainname" },
	/* mostly the machine's own: there is one for all containers */
	{ CAP_SYS_ADMIN, "swapon" },
	{ CAP_SYS_ADMIN, "swapoff" },
	{ CAP_SYS_ADMIN, "quotactl" },
	{ CAP_SYS_ADMIN, "quotactl_fd" },
	{ CAP_SYS_ADMIN, "fanotify_init" },
	{ CAP_SYS_BOOT, "reboot" },
	{ CAP_SYS_BOOT, "kexec_load" },
	{ CAP_SYS_BOOT, "kexec_file_load" },
	{ CAP_SYS_MODULE, "init_module" },
	{ CAP_SYS_MODULE, "finit_module" },
	{ CAP_SYS_MODULE, "delete_module" },
	{ CAP_SYS_TIME, "settimeofday" },
	{ CAP_SYS_TIME, "clock_settime" },
	{ CAP_SYS_PACCT, "acct" },
	{ CAP_SYS_RAWIO, "iopl" },
	{ CAP_SYS_RAWIO, "ioperm" },
	{ CAP_SYS_TTY_CONFIG, "vhangup" },
	{ CAP_SYSLOG, "syslog" },
	{ CAP_SYS_NICE, "mbind" },
	{ CAP_SYS_NICE, "set_mempolicy" },
	{ CAP_SYS_NICE, "get_mempolicy" },
	{ CAP_SYS_NICE, "migrate_pages" },
	{ CAP_SYS_NICE, "move_pages" },
	/* other processes, and the kernel itself, from the inside */
	{ CAP_SYS_PTRACE, "ptrace" },
	{ CAP_SYS_PTRACE, "process_vm_readv" },
	{ CAP_SYS_PTRACE, "process_vm_writev" },
	{ CAP_SYS_PTRACE, "process_madvise" },
	{ CAP_SYS_PTRACE, "pidfd_getfd" },
	{ CAP_SYS_PTRACE, "kcmp" },
	{ CAP_BPF, "bpf" },
	{ CAP_PERFMON, "perf_event_open" },
	/* a file by its inode's number, past all directories: "shocker", which read docker's hosts */
	{ CAP_DAC_READ_SEARCH, "open_by_handle_at" },
	/* a page fault held up for as long as one likes wins races against the kernel */
	{ NEVER, "userfaultfd" },
	/* system calls by way of a queue, where no filter sees them */
	{ NEVER, "io_uring_setup" },
	{ NEVER, "io_uring_enter" },
	{ NEVER, "io_uring_register" },
	/* keyrings belong to a user id, not to a container */
	{ NEVER, "keyctl" },
	{ NEVER, "add_key" },
	{ NEVER, "request_key" },
	/* 16-bit segments and other museum pieces */
	{ NEVER, "modify_ldt" },
	{ NEVER, "uselib" },
	{ NEVER, "ustat" },
	{ NEVER, "sysfs" },
	{ NEVER, "lookup_dcookie" },
};

/* The flags of clone(2) that make namespaces: CLONE_NEWNS, ... CLONE_NEWNET. */
#define NAMESPACES 0x7e020000
#define ANY SCMP_CMP_GE, 0, 0

/*
 * Calls of which an argument decides: its number, the comparison, with what. A rule without a
 * condition would swallow the others of its call, so "all else" is a comparison that holds always.
 */
static const struct {
	uint32_t action;
	const char *name;
	struct scmp_arg_cmp condition;
} conditional[] = {
	/* clone3(2) has its flags behind a pointer, out of a filter's sight: ENOSYS, and libc falls back */
	{ SCMP_ACT_ALLOW, "clone", { 0, SCMP_CMP_MASKED_EQ, NAMESPACES, 0 } },
	{ SCMP_ACT_ERRNO(EPERM), "clone", { 0, ANY } },
	/* families of sockets; AF_VSOCK leads to the hypervisor, AF_ALG into the kernel's cipher code */
	{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_UNIX, 0 } },
	{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_INET, 0 } },
	{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_INET6, 0 } },
	{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_NETLINK, 0 } },
	{ SCMP_ACT_ALLOW, "socket", { 0, SCMP_CMP_EQ, AF_PACKET, 0 } },
	{ SCMP_ACT_ERRNO(EPERM), "socket", { 0, ANY } },
	/* a pair makes sockets of its family too, and loads the module for it */
	{ SCMP_ACT_ALLOW, "socketpair", { 0, SCMP_CMP_EQ, AF_UNIX, 0 } },
	{ SCMP_ACT_ERRNO(EPERM), "socketpair", { 0, ANY } },
	/* typing into the terminal that we share with the shell outside, or pasting. The kernel reads 32 bits of
	   this argument, and a filter 64: without the mask, a bit above them was the way round it */
	{ SCMP_ACT_ERRNO(EPERM), "ioctl", { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI } },
	{ SCMP_ACT_ERRNO(EPERM), "ioctl", { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCLINUX } },
	{ SCMP_ACT_ALLOW, "ioctl", { 1, ANY } },
	/* Linux, 32-bit or not, as today's or as 2.6; the last one asks. The rest are bugs kept alive */
	{ SCMP_ACT_ALLOW, "personality", { 0, SCMP_CMP_EQ, 0x0, 0 } },
	{ SCMP_ACT_ALLOW, "personality", { 0, SCMP_CMP_EQ, 0x8, 0 } },
	{ SCMP_ACT_ALLOW, "personality", { 0, SCMP_CMP_EQ, 0x20000, 0 } },
	{ SCMP_ACT_ALLOW, "personality", { 0, SCMP_CMP_EQ, 0x20008, 0 } },
	{ SCMP_ACT_ALLOW, "personality", { 0, SCMP_CMP_EQ, 0xffffffff, 0 } },
	{ SCMP_ACT_ERRNO(EPERM), "personality", { 0, ANY } },
};

const char *seccomp_set_option(struct container *c, const char *text)
{
	if (strcmp(text, "seccomp=unconfined") != 0)
		return "not seccomp=unconfined";
	c->seccomp_unconfined = true;
	return NULL;
}

/* A call that is answered alike, whatever its arguments. */
struct rule {
	int number; /* negative: this libseccomp or this processor doesn't have it */
	uint32_t action;
};

static int seccomp_compare(const void *a, const void *b)
{
	return ((const struct rule *)b)->number - ((const struct rule *)a)->number;
}

/* Returns 0, or an errno, negative: libseccomp's manner. */
static int seccomp_fill(scmp_filter_ctx filter, uint64_t capabilities)
{
	struct rule rules[sizeof(allowed) / sizeof(*allowed) + sizeof(guarded) / sizeof(*guarded)];
	size_t count = 0;
	int error = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		rules[count++] =
		    (struct rule){ seccomp_syscall_resolve_name(allowed[i]), SCMP_ACT_ALLOW };
	for (size_t i = 0; i < sizeof(guarded) / sizeof(*guarded); i++) {
		bool added =
		    guarded[i].capability != NEVER && capabilities >> guarded[i].capability & 1;

		rules[count++] = (struct rule){ seccomp_syscall_resolve_name(guarded[i].name),
			added ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM) };
	}
	/* libseccomp keeps a list in order, and searches it from the least: so each finds its place at once. */
	qsort(rules, count, sizeof(*rules), seccomp_compare);
	/* Those that aren't there come last. Like any unknown call: ENOSYS. */
	for (size_t i = 0; i < count && rules[i].number >= 0 && !error; i++)
		error = seccomp_rule_add_array(filter, rules[i].action, rules[i].number, 0, NULL);
	for (size_t i = 0; i < sizeof(conditional) / sizeof(*conditional) && !error; i++)
		error = seccomp_rule_add_array(filter, conditional[i].action,
		    seccomp_syscall_resolve_name(conditional[i].name), 1,
		    &conditional[i].condition);
	if (!error && capabilities >> CAP_SYS_ADMIN & 1) {
		error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0, NULL);
		if (!error)
			error = seccomp_rule_add_array(
			    filter, SCMP_ACT_ALLOW, SCMP_SYS(clone3), 0, NULL);
	}
	return error;
}

/* Returns the filter, the caller's to release, or NULL with the error reported. */
static scmp_filter_ctx seccomp_build(const struct container *c)
{
	/* Where memory ends, libseccomp 2.5 crashes. It takes half of this. */
	const size_t enough = 1 << 20;
	void *room = mmap(NULL, enough, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	scmp_filter_ctx filter = NULL;
	int error = -ENOMEM;

	if (room != MAP_FAILED && munmap(room, enough) == 0)
		filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	if (filter) {
		/* 32-bit and x32 calls have other numbers, so nothing below would hold for them. */
		seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
		seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1); /* errno, not ECANCELED */
		/* No SCMP_FLTATR_CTL_OPTIMIZE: what is always allowed, Linux knows since 5.11 without
		   running the filter, and to build the binary tree takes longer than it saves. */
		error = seccomp_fill(filter, capability_kept(c));
	}
	if (!error)
		return filter;
	seccomp_release(filter);
	errno = -error;
	fail("build the filter of system calls");
	return NULL;
}

int seccomp_send(const struct container *c)
{
	scmp_filter_ctx filter;
	int error;

	if (c->seccomp_unconfined)
		return 0;
	filter = seccomp_build(c);
	if (!filter)
		return -1;
	/* Less than a page: it comes whole or not at all, and finds room even if the child is dead: pipe(7). */
	error = seccomp_export_bpf(filter, c->gate[1]);
	seccomp_release(filter);
	/* Or the runtime would keep what that took, as long as the container runs. */
	malloc_trim(0);
	errno = -error;
	return error ? fail("pass on the filter of system calls") : 0;
}

int seccomp_receive(struct container *c)
{
	static struct sock_filter program[BPF_MAXINSNS];
	size_t length = 0;
	ssize_t count;

	if (c->seccomp_unconfined)
		return 0;
	/* To the end of the file, which is the parent's gate_close(). */
	while ((count = read(c->gate[0], (char *)program + length, sizeof(program) - length)) > 0)
		length += (size_t)count;
	if (count == -1)
		return fail("receive the filter of system calls");
	c->seccomp_filter.filter = program;
	c->seccomp_filter.len = (unsigned short)(length / sizeof(*program));
	/* Who closed the gate without one has said why, or is dead. */
	return length > 0 ? 0 : -1;
}

int seccomp_restrict(const struct container *c)
{
	if (c->seccomp_unconfined)
		return 0;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &c->seccomp_filter) == -1)
		return fail("load the filter of system calls");
	return 0;
}

int seccomp_print(const struct container *c)
{
	scmp_filter_ctx filter = seccomp_build(c);
	int error;

	if (!filter)
		return -1;
	error = seccomp_export_pfc(filter, STDOUT_FILENO);
	seccomp_release(filter);
	errno = -error;
	return error ? fail("print the filter of system calls") : 0;
}
