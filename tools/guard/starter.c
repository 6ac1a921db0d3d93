/*
 * starter.c - stands where the tests expect the program, and starts it behind the guard.
 *
 * ROOM/bin/stepNN is this, ROOM/program/stepNN the program. Set-user-ID root, because tests start
 * step09 as an ordinary user, who could install no filter. Between the filter and the execve it
 * makes no call that the filter stops: watch.c takes the first that it hears of for the execve.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard.h"

#define FAILED 125

/* .../bin/stepNN -> .../program/stepNN */
static int find_program(char *path, size_t size)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *name;

	if (length == -1)
		return -1;
	self[length] = '\0';
	name = strrchr(self, '/');
	if (!name || name - self < 4)
		return -1;
	return snprintf(path, size, "%.*s/program%s", (int)(name - self - 4), self, name) <
		(int)size
	    ? 0
	    : -1;
}

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

int main(int argc, char **argv)
{
	char program[4096];
	int listener;

	(void)argc;
	if (find_program(program, sizeof(program)) == -1)
		return give_up("find the program");
	/*
	 * The tests run as root with all capabilities. A process that lacks one of them can't trace
	 * them nor open their memory and descriptors, unless it has this one: ptrace(2).
	 */
	if (prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE) == -1 && errno != EPERM)
		return give_up("drop CAP_SYS_PTRACE");
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
