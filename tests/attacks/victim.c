/*
 * victim - the process of the mock host that owns what nobody in a container should reach.
 *
 *   CANARY=SECRET victim DIR
 *
 * Keeps SECRET wherever a process can keep something, prints where as NAME=VALUE lines and then
 * "ready". Until SIGTERM it tells SECRET to whoever connects and sends it over lo now and then.
 * DIR/signalled appears when SIGUSR1 came, DIR/peer says which user called DIR/share/socket.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TCP, ABSTRACT, NAMED, SIGNALS, COUNT };

static char secret[64];
static const char queue[] = "/ladder-canary";
static int shm = -1;

static int must(int result, const char *what)
{
	if (result == -1)
		err(1, "victim: %s", what);
	return result;
}

static void write_file(const char *path, const char *text)
{
	int fd = must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), path);

	must((int)write(fd, text, strlen(text)), path);
	close(fd);
}

static void keep_memory(void)
{
	key_t key = 0x1adde5;
	char *memory;

	shm = must(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600), "shared memory");
	memory = shmat(shm, NULL, 0);
	if (memory == (void *)-1)
		err(1, "victim: attach shared memory");
	strcpy(memory, secret);
	printf("shm=%#x\naddress=%p\n", (unsigned int)key, (void *)secret);
}

static void keep_message(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = sizeof(secret) };
	mqd_t q = mq_open(queue, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
	char path[64];

	must(q, "message queue");
	must(mq_send(q, secret, strlen(secret), 0), "send a message");
	snprintf(path, sizeof(path), "/dev/shm%s", queue);
	write_file(path, secret);
	printf("queue=%s\n", queue);
}

/* A file that only its descriptor leads to. */
static void keep_file(const char *directory)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/nameless", directory);
	write_file(path, secret);
	fd = must(open(path, O_RDONLY), path);
	unlink(path);
	printf("fd=%d\n", fd);
}

static void keep_terminal(void)
{
	int master = must(posix_openpt(O_RDWR | O_NOCTTY), "terminal");

	if (grantpt(master) == -1 || unlockpt(master) == -1)
		err(1, "victim: terminal");
	must(open(ptsname(master), O_RDWR | O_NOCTTY), "terminal");
	printf("terminal=%s\n", ptsname(master));
}

static int listen_tcp(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	must(bind(fd, (struct sockaddr *)&address, size), "bind");
	must(listen(fd, 8), "listen");
	getsockname(fd, (struct sockaddr *)&address, &size);
	printf("port=%d\n", ntohs(address.sin_port));
	return fd;
}

/* NAME with a leading @ is an abstract one. */
static int listen_unix(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket");

	if (strlen(name) >= sizeof(address.sun_path))
		errx(1, "victim: %s: too long for a socket", name);
	strcpy(address.sun_path, name);
	if (*name == '@')
		address.sun_path[0] = '\0';
	must(bind(fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
	    name);
	must(listen(fd, 8), "listen");
	if (*name == '@')
		printf("abstract=%s\n", name + 1);
	else
		must(chmod(name, 0777), name);
	return fd;
}

static void serve(int listener, const char *directory, int which)
{
	struct ucred caller;
	socklen_t size = sizeof(caller);
	char path[4096], text[16];
	int fd = accept(listener, NULL, NULL);

	if (fd == -1)
		return;
	if (which == NAMED && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &caller, &size) == 0) {
		snprintf(path, sizeof(path), "%s/peer", directory);
		snprintf(text, sizeof(text), "%d\n", (int)caller.uid);
		write_file(path, text);
	}
	send(fd, secret, strlen(secret), MSG_NOSIGNAL);
	close(fd);
}

static void shout(int fd)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char text[80];

	snprintf(text, sizeof(text), "CANARY=%s", secret);
	sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, sizeof(address));
}

int main(int argc, char **argv)
{
	struct pollfd poll_fds[COUNT];
	struct signalfd_siginfo event = { 0 };
	char path[4096];
	sigset_t signals;
	int speaker;

	if (argc != 2 || !getenv("CANARY"))
		errx(2, "usage: CANARY=SECRET victim DIR");
	snprintf(secret, sizeof(secret), "%s", getenv("CANARY"));
	keep_memory();
	keep_message();
	keep_file(argv[1]);
	keep_terminal();
	printf("pid=%d\n", (int)getpid());

	poll_fds[TCP].fd = listen_tcp();
	poll_fds[ABSTRACT].fd = listen_unix("@ladder-canary");
	snprintf(path, sizeof(path), "%s/share/socket", argv[1]);
	poll_fds[NAMED].fd = listen_unix(path);
	speaker = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	poll_fds[SIGNALS].fd = must(signalfd(-1, &signals, 0), "signals");
	for (int i = 0; i < COUNT; i++)
		poll_fds[i].events = POLLIN;
	puts("ready");
	fflush(stdout);

	while (event.ssi_signo != SIGTERM) {
		if (poll(poll_fds, COUNT, 50) <= 0) {
			shout(speaker);
			continue;
		}
		for (int i = TCP; i <= NAMED; i++)
			if (poll_fds[i].revents)
				serve(poll_fds[i].fd, argv[1], i);
		if (poll_fds[SIGNALS].revents &&
		    read(poll_fds[SIGNALS].fd, &event, sizeof(event)) == sizeof(event) &&
		    event.ssi_signo == SIGUSR1) {
			snprintf(path, sizeof(path), "%s/signalled", argv[1]);
			write_file(path, "");
		}
	}
	shmctl(shm, IPC_RMID, NULL);
	mq_unlink(queue);
	return 0;
}
