/*
 * network.c - doors to the host's network, and sockets that are doors to its kernel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

static void loopback(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)fact_number("port")),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		refused("connect");
	decide_canary(fd, "read");
}

/* CVE-2020-15257 was containerd's. */
static void abstract_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int length =
	    snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", fact("abstract"));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == -1)
		refused("connect");
	decide_canary(fd, "read");
}

/* The victim sends its canary over lo every now and then. */
static void sniff(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex("lo"),
	};
	const struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	char packet[2048];

	if (fd == -1)
		refused("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		refused("bind");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (int i = 0; i < 10; i++) {
		ssize_t length = recv(fd, packet, sizeof(packet) - 1, 0);
		char *canary;

		if (length == -1 && i >= 4)
			break;
		if (length == -1)
			continue;
		packet[length] = '\0';
		canary = memmem(packet, (size_t)length, "CANARY=", 7);
		if (canary)
			open_door("%.40s", canary + 7);
	}
	closed("no packet of the host's was seen");
}

/* Sets the flags that the device has already. */
static void host_link(void)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", fact("link"));
	if (ioctl(fd, SIOCGIFFLAGS, &request) == -1)
		refused("look for the device");
	decide(ioctl(fd, SIOCSIFFLAGS, &request), 0, "set the device's flags");
}

/* Asks for the number of the rules' generation. */
static void nftables(void)
{
	struct {
		struct nlmsghdr header;
		struct nfgenmsg message;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.message.version = NFNETLINK_V0,
	};
	union {
		struct nlmsghdr header;
		char space[512];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (fd == -1 && errno == EPROTONOSUPPORT)
		absent("no nfnetlink");
	if (fd == -1 || send(fd, &request, sizeof(request), 0) == -1 ||
	    recv(fd, &answer, sizeof(answer), 0) == -1)
		refused("ask nf_tables");
	if (answer.header.nlmsg_type != NLMSG_ERROR)
		open_door("ask nf_tables");
	errno = -((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error;
	if (errno == EINVAL)
		absent("no nf_tables");
	refused("ask nf_tables");
}

static _Noreturn void decide_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd == -1 && errno == EAFNOSUPPORT)
		absent("no such address family");
	decide(fd, 0, "socket");
}

static void packet_socket(void)
{
	decide_socket(AF_PACKET, SOCK_RAW);
}

static void vsock(void)
{
	decide_socket(AF_VSOCK, SOCK_STREAM);
}

static void af_alg(void)
{
	decide_socket(AF_ALG, SOCK_SEQPACKET);
}

/* One family that few programs use, to stand for all of them. */
static void rare_family(void)
{
	decide_socket(AF_XDP, SOCK_RAW);
}

/* It makes two sockets before it asks whether the family has pairs. */
static void socket_pair(void)
{
	int pair[2];

	decide(socketpair(AF_VSOCK, SOCK_STREAM, 0, pair), EOPNOTSUPP, "socketpair");
}

const struct probe network_probes[] = {
	{ "loopback", loopback },
	{ "abstract-socket", abstract_socket },
	{ "sniff", sniff },
	{ "host-link", host_link },
	{ "nftables", nftables },
	{ "packet-socket", packet_socket },
	{ "vsock", vsock },
	{ "socketpair", socket_pair },
	{ "af-alg", af_alg },
	{ "rare-family", rare_family },
	{ 0 },
};
