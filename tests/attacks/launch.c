/*
 * launch - starts a runtime in the place of somebody who has something to lose.
 *
 *   launch naive COMMAND...         fork, exec, wait: no container at all
 *   launch keyring COMMAND...       in a session keyring of its own that holds $CANARY
 *   launch tty FILE COMMAND...      on a terminal; FILE appears if something was typed into it
 *   launch group FILE COMMAND...    in a group of processes; FILE appears if SIGWINCH came to it
 *   launch log FILE COMMAND...      with FILE as its input, open for writing only, as a log is
 *   launch handle FILE              prints the handle that open_by_handle_at(2) takes
 *   launch identity FILE            prints its device and inode as facts
 */
#include <err.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
	(void)number;
	signalled = 1;
}

static int become(char **command)
{
	execvp(command[0], command);
	err(127, "launch: %s", command[0]);
}

static int run(char **command)
{
	pid_t pid = fork();
	int status;

	if (pid == -1)
		err(125, "launch: fork");
	if (pid == 0)
		become(command);
	while (waitpid(pid, &status, 0) == -1)
		continue;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd == -1)
		err(125, "launch: %s", path);
	close(fd);
}

static int with_keyring(char **command)
{
	const char *canary = getenv("CANARY");

	if (!canary || syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 ||
	    syscall(SYS_add_key, "user", "ladder-canary", canary, strlen(canary),
		KEY_SPEC_SESSION_KEYRING) == -1)
		warn("launch: no keyring");
	unsetenv("CANARY");
	return become(command);
}

/* The leader of the terminal's session stays, or the kernel would hang the terminal up. */
static int lead(const char *terminal, const char *file, char **command)
{
	struct termios mode;
	int status, typed = 0, fd;

	setsid();
	fd = open(terminal, O_RDWR);
	if (fd == -1 || ioctl(fd, TIOCSCTTY, 0) == -1 || tcgetattr(fd, &mode) == -1)
		err(125, "launch: %s", terminal);
	cfmakeraw(&mode);
	tcsetattr(fd, TCSANOW, &mode);
	dup2(fd, STDIN_FILENO);
	status = run(command);
	if (ioctl(STDIN_FILENO, FIONREAD, &typed) == 0 && typed > 0)
		touch(file);
	return status;
}

static int on_terminal(const char *file, char **command)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	pid_t pid;
	int status;

	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1)
		err(125, "launch: terminal");
	pid = fork();
	if (pid == -1)
		err(125, "launch: fork");
	if (pid == 0)
		_exit(lead(ptsname(master), file, command));
	while (waitpid(pid, &status, 0) == -1)
		continue;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int in_group(const char *file, char **command)
{
	int status;

	signal(SIGWINCH, note_signal);
	status = run(command);
	if (signalled)
		touch(file);
	return status;
}

static int with_log(const char *file, char **command)
{
	int fd = open(file, O_WRONLY | O_APPEND);

	if (fd == -1 || dup2(fd, STDIN_FILENO) == -1)
		err(125, "launch: %s", file);
	close(fd);
	return become(command);
}

static int print_handle(const char *path)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount;

	if (name_to_handle_at(AT_FDCWD, path, &file.handle, &mount, 0) == -1)
		err(1, "launch: %s", path);
	printf("%d:", file.handle.handle_type);
	for (unsigned int i = 0; i < file.handle.handle_bytes; i++)
		printf("%02x", file.handle.f_handle[i]);
	putchar('\n');
	return 0;
}

static int print_identity(const char *path)
{
	struct stat status;

	if (stat(path, &status) == -1)
		err(1, "launch: %s", path);
	printf("major=%u\nminor=%u\ninode=%lu\n", major(status.st_dev), minor(status.st_dev),
	    (unsigned long)status.st_ino);
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[1] : "";

	if (strcmp(mode, "naive") == 0)
		return run(argv + 2);
	if (strcmp(mode, "keyring") == 0)
		return with_keyring(argv + 2);
	if (strcmp(mode, "handle") == 0)
		return print_handle(argv[2]);
	if (strcmp(mode, "identity") == 0)
		return print_identity(argv[2]);
	if (strcmp(mode, "tty") == 0 && argc > 3)
		return on_terminal(argv[2], argv + 3);
	if (strcmp(mode, "log") == 0 && argc > 3)
		return with_log(argv[2], argv + 3);
	if (strcmp(mode, "group") == 0 && argc > 3)
		return in_group(argv[2], argv + 3);
	errx(2, "unknown mode '%s'", mode);
}
