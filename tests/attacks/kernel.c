/*
 * kernel.c - doors to the kernel itself: the power over the machine, and code that few need.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/klog.h>
#include <sys/personality.h>
#include <sys/quota.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif

#include "probe.h"

#ifndef UFFD_USER_MODE_ONLY /* 5.11 */
#define UFFD_USER_MODE_ONLY 1
#endif

/* How much of the kernel's log is unread; what it says stays unread. */
static void dmesg(void)
{
	decide(klogctl(9, NULL, 0), 0, "syslog(SIZE_UNREAD)");
}

static void kmsg_read(void)
{
	decide_open("/proc/kmsg", O_RDONLY);
}

/* Where the kernel lies in memory; who may not know reads zeros. */
static void kallsyms(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[256];

	if (!file && errno == ENOENT)
		absent("no /proc/kallsyms");
	if (!file)
		refused("read /proc/kallsyms");
	/* The first of them are offsets, from zero on. */
	while (fgets(line, sizeof(line), file))
		if (strspn(line, "0") < 8)
			open_door("read addresses");
	closed("the addresses are zero");
}

/* No clock has ticks of zero length: refused, but after the check of rights. */
static void set_clock(void)
{
	struct timex change = { .modes = ADJ_TICK, .tick = 0 };

	decide(adjtimex(&change), EINVAL, "adjtimex");
}

static void swap(void)
{
	decide(swapon("/no/such/canary", 0), ENOENT, "swapon");
}

static void account(void)
{
	decide(acct("/no/such/canary"), ENOENT, "acct");
}

/* Writes quotas to disk, if there are any: the one command that names no device. */
static void quota(void)
{
	decide(quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL), 0, "quotactl");
}

/* With a wrong magic number it can't come true. */
static void restart(void)
{
	decide(syscall(SYS_reboot, 1, 1, LINUX_REBOOT_CMD_CAD_OFF, NULL), EINVAL, "reboot");
}

/* More segments than there can be. */
static void kexec(void)
{
	decide(syscall(SYS_kexec_load, 0, 0x10000UL, NULL, 0), EINVAL, "kexec_load");
}

/* A module of no length. */
static void module(void)
{
	decide(syscall(SYS_init_module, NULL, 0UL, ""), ENOEXEC, "init_module");
}

/* Asks for a program of the host's behind the last one. */
static void bpf(void)
{
	union bpf_attr attributes = { .start_id = INT32_MAX - 1 };

	decide(syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof(attributes)), ENOENT,
	    "bpf(PROG_GET_NEXT_ID)");
}

/* Whatever runs on the first processor. */
static void perf(void)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attributes),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.disabled = 1,
	};

	decide(syscall(SYS_perf_event_open, &attributes, -1, 0, -1, 0UL), 0, "perf_event_open");
}

/* A group that may stop others from opening files; it is put on none. */
static void fanotify(void)
{
	decide(fanotify_init(FAN_CLASS_CONTENT, O_RDONLY), 0, "fanotify_init");
}

static void io_ports(void)
{
#ifdef __x86_64__
	decide(iopl(3), 0, "iopl");
#else
	absent("no ports on this processor");
#endif
}

static void fault(void)
{
	decide(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY), 0, "userfaultfd");
}

static void uring(void)
{
	struct io_uring_params parameters = { 0 };
	char setting = '0';
	int fd = open("/proc/sys/kernel/io_uring_disabled", O_RDONLY);

	if (fd != -1 && read(fd, &setting, 1) == 1 && setting != '0')
		absent("the kernel refuses it by itself: kernel.io_uring_disabled");
	decide(syscall(SYS_io_uring_setup, 1, &parameters), 0, "io_uring_setup");
}

static int unshare_user(void)
{
	return unshare(CLONE_NEWUSER) == -1 ? errno : 0;
}

static void userns_unshare(void)
{
	errno = in_child(unshare_user);
	decide(errno ? -1 : 0, 0, "unshare(CLONE_NEWUSER)");
}

/* The child has done all that it shall. */
static _Noreturn void decide_clone(long pid, const char *what)
{
	if (pid == 0)
		_exit(0);
	decide(pid, 0, what);
}

static void userns_clone(void)
{
	decide_clone(
	    syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0L, 0L, 0L, 0L), "clone(CLONE_NEWUSER)");
}

/* The flags are behind a pointer, where no filter can look. */
static void userns_clone3(void)
{
	struct clone_args arguments = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };

	decide_clone(syscall(SYS_clone3, &arguments, sizeof(arguments)), "clone3(CLONE_NEWUSER)");
}

static void keyring(void)
{
	long key = syscall(
	    SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "ladder-canary", 0);
	char text[64] = "";

	if (key == -1)
		refused("search the caller's keyring");
	if (syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text) - 1) == -1)
		refused("read the caller's key");
	open_door("%s", text);
}

static void change_personality(void)
{
	decide(personality(ADDR_NO_RANDOMIZE), 0, "personality(ADDR_NO_RANDOMIZE)");
}

/* getpid by the entry for 32-bit programs. */
#ifdef __x86_64__
static int call_int80(void)
{
	long result = 20;

	__asm__ volatile("int $0x80" : "+a"(result) : : "r8", "r9", "r10", "r11", "memory");
	return result > 0 ? 0 : (int)-result;
}
#endif

static void int80(void)
{
#ifdef __x86_64__
	int status = in_child(call_int80);

	if (status == 128 + SIGSEGV)
		absent("no 32-bit system calls");
	if (status >= 128)
		closed("killed by signal %d", status - 128);
	errno = status;
	decide(status ? -1 : 0, 0, "int 0x80");
#else
	absent("no int 0x80 on this processor");
#endif
}

static void x32(void)
{
#ifdef __x86_64__
	decide(syscall(0x40000000 | SYS_getpid), 0, "x32 getpid");
#else
	absent("no x32 on this processor");
#endif
}

/* Reads the table, which is empty. */
static void ldt(void)
{
#ifdef __x86_64__
	char table[8];

	decide(syscall(SYS_modify_ldt, 0, table, sizeof(table)), 0, "modify_ldt");
#else
	absent("no modify_ldt on this processor");
#endif
}

static void compare(void)
{
	pid_t self = getpid();

	decide(syscall(SYS_kcmp, self, self, 0 /* KCMP_FILE */, 1UL, 2UL), 0, "kcmp");
}

const struct probe kernel_probes[] = {
	{ "dmesg", dmesg },
	{ "kmsg-read", kmsg_read },
	{ "kallsyms", kallsyms },
	{ "clock", set_clock },
	{ "swapon", swap },
	{ "acct", account },
	{ "quotactl", quota },
	{ "reboot", restart },
	{ "kexec", kexec },
	{ "module", module },
	{ "bpf", bpf },
	{ "perf", perf },
	{ "fanotify", fanotify },
	{ "io-ports", io_ports },
	{ "userfaultfd", fault },
	{ "io-uring", uring },
	{ "userns-unshare", userns_unshare },
	{ "userns-clone", userns_clone },
	{ "userns-clone3", userns_clone3 },
	{ "keyring", keyring },
	{ "personality", change_personality },
	{ "int80", int80 },
	{ "x32", x32 },
	{ "modify-ldt", ldt },
	{ "kcmp", compare },
	{ 0 },
};
