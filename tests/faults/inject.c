/*
 * inject - runs a program and makes one of its system calls fail, or sends it a signal there.
 *
 *   inject [OPTION...] REPORT PROGRAM [ARG...]
 *     -a ROLE:CALL:N   where: in the ROLE-th process (0 is PROGRAM), the N-th such CALL, from 1
 *     -e ERRNO         there: the call is not made, and fails with this
 *     -E ERRNO         the same, but the call is made: close(2) fails and yet closes
 *     -k SIGNAL        there, before the call: kill(2) of PROGRAM
 *     -K SIGNAL        the same, of its whole process group
 *     -l SECONDS       after so long it hangs (default: 10)
 *     -n NAME          a process that becomes a program of this name is the payload (default: payload)
 *     -r               reap what PROGRAM orphans, as a subreaper
 *     -u ID            PROGRAM runs as this user and group, without any other
 *     -t               PROGRAM gets a terminal, and is in its foreground
 *
 * strace(1) injects too, but counts in each process alike: it can't aim at the child's third open when
 * the parent has three of its own. So this follows each process until it becomes another program.
 * From the payload's start it takes down how that is confined. REPORT gets a line for each fact:
 *
 *   call ROLE CALL N       without -a: each call, as -a wants it
 *   reached                the call was there
 *   confined FACT...       the payload, when it starts
 *   crash ROLE SIGNAL      a process before the payload had a signal that nobody sends
 *   hang ROLE CALL         time is up, and this process still runs
 *   orphan ROLE CALL       PROGRAM ended, and two seconds later this process still runs
 *   exit STATUS | signal NAME   PROGRAM's end
 *
 * It needs Linux 5.3 (PTRACE_GET_SYSCALL_INFO) and an x86-64 or a 64-bit ARM.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 64 /* processes */
#define GRACE 2 /* seconds for what outlives PROGRAM */

static const char *const calls[] = {
#include "calls.h" /* [__NR_read] = "read", ...: tools/faults has the compiler list them */
};

#define CALLS (sizeof(calls) / sizeof(*calls))

struct process {
	pid_t pid; /* 0: it has ended, or is followed no more */
	unsigned int counts[CALLS];
	unsigned long long call; /* the last one */
	int result; /* an errno that the call at hand shall end with, or 0 */
	unsigned long argument; /* what brk(2) was called with, to be put back; or 0 */
};

static struct process processes[MOST];
static int process_count;
static FILE *report;
static const char *payload = "payload";

static struct {
	int role; /* -1: nowhere */
	size_t call;
	unsigned int number;
	int error;
	bool make_call;
	int signal;
	bool group;
} fault = { .role = -1 };

static const char *call_name(unsigned long long call)
{
	static char number[32];

	if (call < CALLS && calls[call])
		return calls[call];
	snprintf(number, sizeof(number), "call_%llu", call);
	return number;
}

/* What the architectures don't do alike before PTRACE_SET_SYSCALL_INFO (6.16). */
#if defined(__x86_64__)
static void skip_call(pid_t pid)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1L);
}

static void set_result(pid_t pid, long result)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), result);
}

static void set_argument(pid_t pid, unsigned long argument)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rdi), argument);
}
#elif defined(__aarch64__)
static void skip_call(pid_t pid)
{
	int none = -1;
	struct iovec call = { &none, sizeof(none) };

	ptrace(PTRACE_SETREGSET, pid, 0x404 /* NT_ARM_SYSTEM_CALL */, &call);
}

static void set_result(pid_t pid, long result)
{
	struct user_regs_struct registers;
	struct iovec all = { &registers, sizeof(registers) };

	ptrace(PTRACE_GETREGSET, pid, 1 /* NT_PRSTATUS */, &all);
	registers.regs[0] = (unsigned long long)result;
	ptrace(PTRACE_SETREGSET, pid, 1, &all);
}

/* The same register as the result's, which thus needs nothing put back. */
static void set_argument(pid_t pid, unsigned long argument)
{
	if (argument == 0)
		set_result(pid, 0);
}
#else
#error "inject: how a system call is skipped on this architecture has to be added"
#endif

static int parse_errno(const char *name)
{
	for (int number = 1; number < 134; number++)
		if (strerrorname_np(number) && strcmp(strerrorname_np(number), name) == 0)
			return number;
	errx(2, "no errno is called %s", name);
}

static int parse_signal(const char *name)
{
	for (int number = 1; number < 32; number++)
		if (sigabbrev_np(number) && strcmp(sigabbrev_np(number), name) == 0)
			return number;
	errx(2, "no signal is called %s", name);
}

static void parse_place(char *place)
{
	const char *role = strsep(&place, ":"), *call = strsep(&place, ":");

	if (!call || !place)
		errx(2, "not ROLE:CALL:N: %s", role);
	fault.role = atoi(role);
	fault.number = (unsigned int)atoi(place);
	for (fault.call = 0; fault.call < CALLS; fault.call++)
		if (calls[fault.call] && strcmp(calls[fault.call], call) == 0)
			return;
	errx(2, "no system call is named %s", call);
}

/* The slot of PID; a new one takes the next role. NULL where there are too many. */
static struct process *find(pid_t pid)
{
	for (int i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (process_count == MOST)
		return NULL;
	processes[process_count].pid = pid;
	return &processes[process_count++];
}

/* Reads /proc/PID/NAME. Returns its length; TEXT ends with a NUL. */
static size_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
	char path[PATH_MAX];
	ssize_t length = 0, more;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd != -1 && (size_t)length < size - 1 &&
	    (more = read(fd, text + length, size - 1 - (size_t)length)) > 0)
		length += more;
	text[length] = '\0';
	if (fd != -1)
		close(fd);
	return (size_t)length;
}

/* Digits become N, where they number a process or a descriptor. */
static void confine_path(const char *what, const char *path)
{
	char shown[PATH_MAX];
	size_t length = 0;

	for (; *path && length < sizeof(shown) - 1; path++)
		if (*path < '0' || *path > '9')
			shown[length++] = *path;
		else if (length == 0 || shown[length - 1] != 'N')
			shown[length++] = 'N';
	shown[length] = '\0';
	fprintf(report, "confined %s %s\n", what, shown);
}

static void confine_link(pid_t pid, const char *name)
{
	char path[64], to[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	length = readlink(path, to, sizeof(to) - 1);
	to[length > 0 ? length : 0] = '\0';
	confine_path(name, to);
}

/* Which namespaces are not ours. */
static void confine_namespaces(pid_t pid)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user",
		"uts" };
	char path[64], theirs[64], ours[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		ssize_t one, other;

		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, names[i]);
		one = readlink(path, theirs, sizeof(theirs));
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		other = readlink(path, ours, sizeof(ours));
		fprintf(report, "confined namespace %s %s\n", names[i],
		    one > 0 && one == other && memcmp(theirs, ours, (size_t)one) == 0 ? "host's"
										      : "own");
	}
}

static void confine_status(pid_t pid)
{
	static const char *const keys[] = { "Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn",
		"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
		"Seccomp_filters" };
	char text[8192], *line, *rest = text;

	read_proc(pid, "status", text, sizeof(text));
	while ((line = strsep(&rest, "\n"))) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			size_t length = strlen(keys[i]);

			if (strncmp(line, keys[i], length) == 0 && line[length] == ':')
				fprintf(report, "confined %s\n", line);
		}
		/* Its number in each namespace: the innermost. */
		if (strncmp(line, "NSpid:", 6) == 0 && strchr(line + 7, '\t'))
			fprintf(report, "confined NSpid:%s\n", strrchr(line, '\t'));
	}
}

/* Mount by mount: where, how, what; not the numbers that the kernel gave. */
static void confine_mounts(pid_t pid)
{
	static char text[1 << 20];
	char *line, *rest = text;

	read_proc(pid, "mountinfo", text, sizeof(text));
	while ((line = strsep(&rest, "\n")) && *line) {
		char *field = line;

		for (int i = 0; i < 3 && field; i++)
			field = strchr(field + 1, ' ');
		if (field)
			confine_path("mount", field);
	}
}

/* The limits of the groups it is in, where tools/faults has mounted their trees. */
static void confine_groups(pid_t pid)
{
	static const char *const limits[] = { "memory.limit_in_bytes",
		"memory.memsw.limit_in_bytes", "memory.max", "memory.swap.max", "pids.max",
		"cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.max" };
	char text[8192], path[PATH_MAX], value[64], *line, *rest = text;

	read_proc(pid, "cgroup", text, sizeof(text));
	while ((line = strsep(&rest, "\n")) && *line) {
		const char *tree, *group;

		strsep(&line, ":");
		tree = strsep(&line, ":");
		group = line;
		if (!tree || !group)
			continue;
		for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
			ssize_t length;
			int fd;

			snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/%s",
			    *tree ? tree : "unified", group, limits[i]);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd == -1 && !*tree) {
				snprintf(
				    path, sizeof(path), "/sys/fs/cgroup%s/%s", group, limits[i]);
				fd = open(path, O_RDONLY | O_CLOEXEC);
			}
			if (fd == -1)
				continue;
			length = read(fd, value, sizeof(value) - 1);
			close(fd);
			value[length > 0 ? length : 0] = '\0';
			value[strcspn(value, "\n")] = '\0';
			fprintf(report, "confined limit %s %s\n", limits[i], value);
		}
	}
}

/* What is open, the environment, the network's devices, the map of user ids. */
static void confine_rest(pid_t pid)
{
	char path[64], text[65536], *line, *rest = text;
	struct dirent *entry;
	size_t length;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			fprintf(report, "confined open %s\n", entry->d_name);
	if (folder)
		closedir(folder);

	length = read_proc(pid, "environ", text, sizeof(text));
	for (char *one = text; one < text + length; one += strlen(one) + 1)
		fprintf(report, "confined environment %s\n", one);

	read_proc(pid, "net/dev", text, sizeof(text));
	while ((line = strsep(&rest, "\n")) && *line) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = '\0';
		confine_path("device", line + strspn(line, " "));
	}
	rest = text;
	read_proc(pid, "uid_map", text, sizeof(text));
	while ((line = strsep(&rest, "\n")) && *line)
		fprintf(report, "confined uid_map %s\n", line);
}

/* PID has become a program, and is stopped before its first instruction. */
static void describe(pid_t pid)
{
	confine_namespaces(pid);
	confine_status(pid);
	confine_mounts(pid);
	confine_groups(pid);
	confine_rest(pid);
	confine_link(pid, "root");
	confine_link(pid, "cwd");
}

static bool is_payload(pid_t pid)
{
	char name[64];

	read_proc(pid, "comm", name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	return strcmp(name, payload) == 0;
}

/* At the start of a call. */
static void enter_call(struct process *process, pid_t program, unsigned long argument)
{
	int role = (int)(process - processes);
	unsigned long long call = process->call;

	if (call >= CALLS)
		return;
	process->counts[call]++;
	if (fault.role == -1) {
		fprintf(report, "call %d %s %u\n", role, call_name(call), process->counts[call]);
		return;
	}
	if (role != fault.role || call != fault.call || process->counts[call] != fault.number)
		return;
	fprintf(report, "reached\n");
	if (fault.signal)
		kill(fault.group ? -program : program, fault.signal);
	/* brk(2) has no errors: one that fails returns the break as it was, as brk(0) does. */
	if (fault.error && call == SYS_brk) {
		process->argument = argument;
		set_argument(process->pid, 0);
		return;
	}
	if (fault.error && !fault.make_call)
		skip_call(process->pid);
	process->result = fault.error;
}

static void handle_call(struct process *process, pid_t program)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		process->call = info.entry.nr;
		enter_call(process, program, info.entry.args[0]);
		return;
	}
	if (info.op != PTRACE_SYSCALL_INFO_EXIT)
		return;
	if (process->result)
		set_result(process->pid, -process->result);
	/* A call leaves its argument's register alone, and programs count on it. */
	if (process->argument)
		set_argument(process->pid, process->argument);
	process->result = 0;
	process->argument = 0;
}

/* Signals that come from inside a process, or from a pipe that broke. */
static bool is_crash(int signal)
{
	return signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE ||
	    signal == SIGILL || signal == SIGSYS || signal == SIGTRAP || signal == SIGPIPE;
}

/* Process PROCESS has stopped: why is in STATUS. Lets it go on. */
static void handle_stop(struct process *process, pid_t program, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	int role = (int)(process - processes);

	if (signal == (SIGTRAP | 0x80)) {
		handle_call(process, program);
		signal = 0;
	} else if (event == PTRACE_EVENT_STOP) {
		/* SEIZE tells a stop by a signal from the first one of a new process. */
		if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
		    signal == SIGTTOU) {
			ptrace(PTRACE_LISTEN, process->pid, 0, 0);
			return;
		}
		signal = 0;
	} else if (event == PTRACE_EVENT_EXEC && role > 0) {
		if (is_payload(process->pid))
			describe(process->pid);
		ptrace(PTRACE_DETACH, process->pid, 0, 0);
		process->pid = 0;
		return;
	} else if (event) {
		unsigned long child;

		/* Its first stop may come before this or after: whoever is first makes its slot. */
		if (event != PTRACE_EVENT_EXEC &&
		    ptrace(PTRACE_GETEVENTMSG, process->pid, 0, &child) == 0)
			find((pid_t)child);
		signal = 0;
	} else if (is_crash(signal)) {
		fprintf(report, "crash %d %s\n", role, sigabbrev_np(signal));
		/* A PID 1 that is traced would survive it, and fault for ever. */
		kill(process->pid, SIGKILL);
	}
	ptrace(PTRACE_SYSCALL, process->pid, 0, signal);
}

/* Time is up. */
static void end_all(const char *word)
{
	for (int i = 0; i < process_count; i++) {
		if (processes[i].pid == 0)
			continue;
		fprintf(report, "%s %d %s\n", word, i, call_name(processes[i].call));
		kill(processes[i].pid, SIGKILL);
	}
}

static volatile sig_atomic_t time_is_up;

static void ring(int signal)
{
	(void)signal;
	time_is_up = 1;
}

/* Follows all processes until none is left to follow. */
static void follow(pid_t program, unsigned int limit)
{
	const struct sigaction bell = { .sa_handler = ring };
	const char *word = "hang";

	sigaction(SIGALRM, &bell, NULL);
	alarm(limit);
	for (;;) {
		struct process *process;
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (time_is_up) {
			time_is_up = 0;
			end_all(word);
			word = "unkillable";
			alarm(GRACE);
		}
		if (pid == -1 && errno == ECHILD)
			return;
		if (pid == -1)
			continue;
		process = find(pid);
		if (WIFSTOPPED(status) && process) {
			handle_stop(process, program, status);
			continue;
		}
		if (process)
			process->pid = 0;
		if (pid != program)
			continue;
		if (WIFEXITED(status))
			fprintf(report, "exit %d\n", WEXITSTATUS(status));
		else
			fprintf(report, "signal %s\n", sigabbrev_np(WTERMSIG(status)));
		if (strcmp(word, "hang") == 0) {
			word = "orphan";
			alarm(GRACE);
		}
	}
}

/* Makes a terminal, and us its session's leader. */
static void take_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int slave;

	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1)
		err(2, "make a terminal");
	if (setsid() == -1 && getsid(0) != getpid())
		errx(2, "-t: a process group's leader can't get a terminal: use setsid");
	slave = open(ptsname(master), O_RDWR | O_CLOEXEC); /* and becomes the controlling one */
	if (slave == -1)
		err(2, "open %s", ptsname(master));
	signal(SIGTTOU, SIG_IGN);
}

static void become(unsigned int id)
{
	if (setgroups(0, NULL) == -1 || setresgid(id, id, id) == -1 || setresuid(id, id, id) == -1)
		err(2, "become user %u", id);
}

static pid_t start(char **argv, bool terminal, unsigned int user)
{
	int go[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) == -1)
		err(2, "make a pipe");
	pid = fork();
	if (pid == -1)
		err(2, "fork");
	if (pid == 0) {
		char byte;
		int tty;

		close(go[1]);
		setpgid(0, 0);
		/* A shell's background job would ignore SIGINT. */
		for (int number = 1; number < NSIG; number++)
			signal(number, SIG_DFL);
		if (terminal) {
			tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
			signal(SIGTTOU, SIG_IGN);
			tcsetpgrp(tty, getpid());
			signal(SIGTTOU, SIG_DFL);
		}
		if (read(go[0], &byte, 1) == 1) {
			if (user)
				become(user);
			execvp(argv[0], argv);
		}
		err(2, "execute %s", argv[0]);
	}
	find(pid);
	if (ptrace(PTRACE_SEIZE, pid, 0,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE |
		    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK) == -1)
		err(2, "trace");
	if (write(go[1], "", 1) != 1)
		err(2, "let %s start", argv[0]);
	close(go[0]);
	close(go[1]);
	return pid;
}

/* Runs on to the program's first instruction: what is before is ours. */
static void reach_program(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		int event = status >> 16;

		ptrace(event == PTRACE_EVENT_EXEC ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0,
		    event ? 0 : WSTOPSIG(status));
		if (event == PTRACE_EVENT_EXEC)
			return;
	}
	errx(2, "the program did not start");
}

int main(int argc, char **argv)
{
	unsigned int limit = 10, user = 0;
	bool terminal = false;
	pid_t program;
	int option;

	while ((option = getopt(argc, argv, "+a:e:E:k:K:l:n:rtu:")) != -1) {
		switch (option) {
		case 'a':
			parse_place(optarg);
			break;
		case 'E':
			fault.make_call = true;
			__attribute__((fallthrough));
		case 'e':
			fault.error = parse_errno(optarg);
			break;
		case 'K':
			fault.group = true;
			__attribute__((fallthrough));
		case 'k':
			fault.signal = parse_signal(optarg);
			break;
		case 'l':
			limit = (unsigned int)atoi(optarg);
			break;
		case 'n':
			payload = optarg;
			break;
		case 'r':
			prctl(PR_SET_CHILD_SUBREAPER, 1);
			break;
		case 't':
			terminal = true;
			break;
		case 'u':
			user = (unsigned int)atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 2)
		errx(2, "usage: inject [OPTION...] REPORT PROGRAM [ARG...]");
	report = fopen(argv[optind], "we");
	if (!report)
		err(2, "%s", argv[optind]);
	if (terminal)
		take_terminal();
	program = start(argv + optind + 1, terminal, user);
	reach_program(program);
	follow(program, limit);
	return fclose(report) == 0 ? 0 : 2;
}
