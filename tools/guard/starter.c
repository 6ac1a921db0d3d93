/*
 * starter.c - stands where the tests expect the program, and starts it behind the guard.
 *
 * Set-user-ID root, because tests start step09 as an ordinary user, who could install no filter.
 * Between the filter and the execve it makes no call that the filter stops: watch.c takes the
 * first that it hears of for the execve.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"

#define FAILED 125

static int send_descriptor(int descriptor)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
	return sendmsg(GUARD_SOCKET, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int give_up(const char *what)
{
	fprintf(stderr, "guard: %s: %s\n", what, strerror(errno));
	return FAILED;
}

/*
 * Who lacks one of the tests' capabilities can't trace them nor open their memory and descriptors,
 * unless it has CAP_SYS_PTRACE: ptrace(2). The tests have that one by the inheritable set alone,
 * the bounding set lacks it (tools/grade-run): so it ends here.
 */
static int inherit_nothing(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, sets) == -1)
		return -1;
	sets[0].inheritable = 0;
	sets[1].inheritable = 0;
	return (int)syscall(SYS_capset, &header, sets);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	char program[4096];
	int listener;

	(void)argc;
	snprintf(program, sizeof(program), "%s/%s", GUARD_PROGRAMS, name ? name + 1 : argv[0]);
	if (inherit_nothing() == -1)
		return give_up("give up what the tests inherit");
	listener = guard_install();
	if (listener == -1)
		return give_up("install the filter");
	if (send_descriptor(listener) == -1)
		_exit(FAILED);
	close(listener);
	close(GUARD_SOCKET);
	if (setresgid(getgid(), getgid(), getgid()) == -1 ||
	    setresuid(getuid(), getuid(), getuid()) == -1)
		_exit(FAILED);
	execv(program, argv);
	_exit(FAILED);
}
