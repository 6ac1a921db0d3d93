/*
 * loader - what a hostile image puts where a program's loader is expected: CVE-2019-5736.
 *
 * The image's command is /proc/self/exe, which is the runtime's own program, on the host. The
 * kernel starts that with the loader that it names, out of the image: this one. So it runs
 * before any C library and has none. Its arguments are facts: the program's device and inode.
 */
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>

#ifdef __x86_64__
__asm__(".global _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");

static long call(long number, long a, long b, long c, long d, long e)
{
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;
	long result = number;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
__asm__(".global _start\n_start:\n\tmov x0, sp\n\tbl begin\n");

static long call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}
#endif

static _Noreturn void answer(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	call(SYS_write, 1, (long)text, length, 0, 0);
	call(SYS_exit_group, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

/* The number after NAME= among the arguments. */
static unsigned long fact(char **arguments, const char *name)
{
	unsigned long number = 0;

	for (; *arguments; arguments++) {
		const char *a = *arguments, *n = name;

		while (*n && *a == *n)
			a++, n++;
		if (*n || *a++ != '=')
			continue;
		while (*a >= '0' && *a <= '9')
			number = number * 10 + (unsigned long)(*a++ - '0');
		return number;
	}
	return 0;
}

/* STACK as the kernel fills it: the number of arguments, then the arguments. */
_Noreturn void begin(long *stack)
{
	char **arguments = (char **)(stack + 1);
	struct statx status;
	long fd = call(SYS_openat, AT_FDCWD, (long)"/proc/self/exe", O_RDONLY, 0, 0);
	long result;

	if (fd < 0)
		answer("closed: the running program can't be opened\n");
	call(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_BASIC_STATS, (long)&status);
	if (status.stx_ino != fact(arguments, "inode") ||
	    status.stx_dev_major != fact(arguments, "major") ||
	    status.stx_dev_minor != fact(arguments, "minor"))
		answer("closed: the running program is a copy\n");
	/* To the same mode. Writing would have to wait until the runtime has ended: ETXTBSY. */
	result = call(SYS_fchmod, fd, status.stx_mode & 07777, 0, 0, 0);
	if (result < 0)
		answer(result == -30
			? "closed: chmod of the runtime's program: Read-only file system\n"
			: "closed: chmod of the runtime's program: Operation not permitted\n");
	answer("open: chmod of the runtime's program\n");
}
