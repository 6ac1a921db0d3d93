/*
 * filter_ahead.c - the same filter, made when this was built: build/filter.bpf, which filter_export wrote.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

int filter_install(void);

__asm__(".section .rodata\n"
	".balign 8\n"
	"filter_begin: .incbin \"build/filter.bpf\"\n"
	"filter_end:\n"
	".previous\n");

extern const struct sock_filter filter_begin[], filter_end[];

int filter_install(void)
{
	const struct sock_fprog program = {
		.len = (unsigned short)(filter_end - filter_begin),
		.filter = (struct sock_filter *)filter_begin,
	};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
