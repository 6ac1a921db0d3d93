/*
 * filter.c - which system calls stop and wait for an answer: seccomp(2).
 *
 * The filter is inherited and can't be taken off, by fork and exec least of all. It decides nothing
 * itself: the command in the container is under it as well, and may do what the runtime may not.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#define OLD(call) SYS_##call /* what newer architectures never had */
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#define OLD(call) (-1)
#else
#error "the guard knows x86_64 and aarch64 only"
#endif

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

const struct guard_rule guard_rules[] = {
	{ SYS_execve, GUARD_EXECUTE, 0, 0 },
	{ SYS_execveat, GUARD_EXECUTE, 0, 0 },
	{ SYS_exit_group, GUARD_EXIT, 0, 0 },
	{ SYS_exit, GUARD_EXIT, 0, 0 },

	{ SYS_write, GUARD_WRITE, 0, 0 },
	{ SYS_writev, GUARD_WRITE, 0, 0 },
	{ SYS_pwrite64, GUARD_WRITE, 0, 0 },
	{ SYS_pwritev, GUARD_WRITE, 0, 0 },
	{ SYS_pwritev2, GUARD_WRITE, 0, 0 },

	{ SYS_kill, GUARD_SIGNAL, 0, 0 },
	{ SYS_tkill, GUARD_SIGNAL, 0, 0 },
	{ SYS_tgkill, GUARD_SIGNAL, 0, 0 },
	{ SYS_rt_sigqueueinfo, GUARD_SIGNAL, 0, 0 },
	{ SYS_rt_tgsigqueueinfo, GUARD_SIGNAL, 0, 0 },
	{ SYS_pidfd_send_signal, GUARD_SIGNAL, 0, 0 },

	{ SYS_mount, GUARD_MOUNT, 0, 0 },
	{ SYS_umount2, GUARD_MOUNT, 0, 0 },
	{ SYS_move_mount, GUARD_MOUNT, 0, 0 },
	{ SYS_mount_setattr, GUARD_MOUNT, 0, 0 },
	{ SYS_pivot_root, GUARD_MOUNT, 0, 0 },

	/* Memory or descriptors that another process can change while watch.c looks at them. */
	{ SYS_clone, GUARD_CLONE, 0, CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND },
	{ SYS_clone3, GUARD_CLONE3, 0, 0 },
	{ SYS_mmap, GUARD_REFUSE, 3, MAP_SHARED },
	{ SYS_shmat, GUARD_REFUSE, 0, 0 },
	{ SYS_ptrace, GUARD_REFUSE, 0, 0 },
	{ SYS_process_vm_readv, GUARD_REFUSE, 0, 0 },
	{ SYS_process_vm_writev, GUARD_REFUSE, 0, 0 },
	{ SYS_process_madvise, GUARD_REFUSE, 0, 0 },
	{ SYS_userfaultfd, GUARD_REFUSE, 0, 0 },
	{ SYS_pidfd_getfd, GUARD_REFUSE, 0, 0 },
	{ SYS_prctl, GUARD_PRCTL, 0, 0 },
	{ SYS_seccomp, GUARD_SECCOMP, 0, 0 },

	/* Ways to write that GUARD_WRITE does not see. */
	{ SYS_sendfile, GUARD_REFUSE, 0, 0 },
	{ SYS_splice, GUARD_REFUSE, 0, 0 },
	{ SYS_tee, GUARD_REFUSE, 0, 0 },
	{ SYS_vmsplice, GUARD_REFUSE, 0, 0 },
	{ SYS_copy_file_range, GUARD_REFUSE, 0, 0 },
	{ SYS_io_setup, GUARD_REFUSE, 0, 0 },
	{ SYS_io_submit, GUARD_REFUSE, 0, 0 },
	{ SYS_io_uring_setup, GUARD_REFUSE, 0, 0 },
	{ SYS_io_uring_enter, GUARD_REFUSE, 0, 0 },
	{ OLD(rename), GUARD_REFUSE, 0, 0 },
	{ OLD(renameat), GUARD_REFUSE, 0, 0 },
	{ SYS_renameat2, GUARD_REFUSE, 0, 0 },
	{ OLD(link), GUARD_REFUSE, 0, 0 },
	{ SYS_linkat, GUARD_REFUSE, 0, 0 },

	/* The machine's, and not a container's. */
	{ OLD(mknod), GUARD_REFUSE, 1, S_IFCHR }, /* S_IFBLK has that bit too */
	{ SYS_mknodat, GUARD_REFUSE, 2, S_IFCHR },
	{ SYS_open_by_handle_at, GUARD_REFUSE, 0, 0 },
	{ SYS_init_module, GUARD_REFUSE, 0, 0 },
	{ SYS_finit_module, GUARD_REFUSE, 0, 0 },
	{ SYS_delete_module, GUARD_REFUSE, 0, 0 },
	{ SYS_kexec_load, GUARD_REFUSE, 0, 0 },
	{ SYS_kexec_file_load, GUARD_REFUSE, 0, 0 },
	{ SYS_reboot, GUARD_REFUSE, 0, 0 },
	{ SYS_bpf, GUARD_REFUSE, 0, 0 },
	{ SYS_perf_event_open, GUARD_REFUSE, 0, 0 },
	{ SYS_settimeofday, GUARD_REFUSE, 0, 0 },
	{ SYS_clock_settime, GUARD_REFUSE, 0, 0 },
	{ SYS_clock_adjtime, GUARD_REFUSE, 0, 0 },
	{ SYS_adjtimex, GUARD_REFUSE, 0, 0 },
	{ SYS_swapon, GUARD_REFUSE, 0, 0 },
	{ SYS_swapoff, GUARD_REFUSE, 0, 0 },
	{ SYS_acct, GUARD_REFUSE, 0, 0 },
	{ SYS_quotactl, GUARD_REFUSE, 0, 0 },
	{ SYS_add_key, GUARD_REFUSE, 0, 0 },
	{ SYS_request_key, GUARD_REFUSE, 0, 0 },
	{ SYS_keyctl, GUARD_REFUSE, 0, 0 },
	{ OLD(iopl), GUARD_REFUSE, 0, 0 },
	{ OLD(ioperm), GUARD_REFUSE, 0, 0 },
};
const size_t guard_rule_count = sizeof(guard_rules) / sizeof(*guard_rules);

int guard_install(void)
{
	enum { ROOM = 4 * sizeof(guard_rules) / sizeof(*guard_rules) + 16 };
	const struct sock_filter ask = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	const struct sock_filter go_on = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_filter load_call =
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	struct sock_filter code[ROOM];
	struct sock_fprog program = { .filter = code };
	unsigned int n = 0;
	int listener;

	/* Another architecture's numbers, and x32's, mean other calls: ask about all of them. */
	code[n++] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
	code[n++] = ask;
	code[n++] = load_call;
	/* A call that a tracer has taken away has the number -1. */
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, -1U, 0, 1);
	code[n++] = go_on;
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
	code[n++] = ask;
	for (size_t i = 0; i < guard_rule_count; i++) {
		const struct guard_rule *rule = &guard_rules[i];

		if (rule->call == -1)
			continue;
		code[n++] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->call, 0, rule->bits ? 4 : 1);
		if (rule->bits) {
			/* The lower half of the argument: the kernel, too, looks at no more of these. */
			code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			    offsetof(struct seccomp_data, args) + 8 * (uint32_t)rule->argument);
			code[n++] = (struct sock_filter)BPF_JUMP(
			    BPF_JMP | BPF_JSET | BPF_K, rule->bits, 1, 0);
			code[n++] = go_on;
		}
		code[n++] = ask;
	}
	code[n++] = go_on;
	program.len = (unsigned short)n;

	/* Where the kernel can (5.19), a signal that is no death does not end the wait for the answer. */
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
	if (listener == -1 && errno == EINVAL)
		listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return listener;
}
