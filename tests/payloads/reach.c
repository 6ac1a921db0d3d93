/*
 * reach - who can talk to whom.
 *
 *   reach tcp PORT listen        listens on 127.0.0.1, prints "ready", and answers one caller
 *   reach tcp PORT               prints "reached" if somebody answers there, else "refused"
 *   reach abstract NAME listen   the same with an abstract unix socket
 *   reach abstract NAME
 *   reach packets                prints how many packets it saw on any device in a second
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int packets(void)
{
	const struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), seen = 0;
	time_t end = time(NULL) + 2;
	char packet[2048];

	if (fd == -1)
		return 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	puts("ready");
	fflush(stdout);
	while (time(NULL) < end)
		if (recv(fd, packet, sizeof(packet), 0) > 0)
			seen++;
	printf("saw %d\n", seen);
	return 0;
}

int main(int argc, char **argv)
{
	union {
		struct sockaddr any;
		struct sockaddr_in tcp;
		struct sockaddr_un abstract;
	} address = { 0 };
	socklen_t size;
	int fd, one = 1;

	if (argc == 2 && strcmp(argv[1], "packets") == 0)
		return packets();
	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "tcp") == 0) {
		address.tcp.sin_family = AF_INET;
		address.tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		address.tcp.sin_port = htons((uint16_t)atoi(argv[2]));
		size = sizeof(address.tcp);
	} else {
		address.abstract.sun_family = AF_UNIX;
		snprintf(address.abstract.sun_path + 1, 100, "%s", argv[2]);
		size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[2]));
	}
	fd = socket(address.any.sa_family, SOCK_STREAM, 0);
	if (fd == -1)
		return 1;
	if (argc == 3) {
		puts(connect(fd, &address.any, size) == 0 ? "reached" : "refused");
		return 0;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &address.any, size) == -1 || listen(fd, 1) == -1) {
		puts("taken");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	accept(fd, NULL, NULL);
	return 0;
}
