/*
 * netlink.c - packs a request of rtnetlink(7), sends it and waits for the kernel's answer.
 *
 * A request is a header, a fixed part that depends on its type, and attributes: each a length, a
 * type and a value, padded to four bytes; an attribute may hold others. What `ip link` does, with no
 * program started and no output parsed.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "container.h"
#include "report.h"

void netlink_begin(struct netlink *request, int type, int flags, const void *fixed, size_t size)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_type = (uint16_t)type;
	request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	request->header.nlmsg_len = NLMSG_LENGTH(0);
	netlink_append(request, fixed, size);
}

/* The buffer is larger than any request here; nothing in one comes from outside at a length of its own. */
void netlink_append(struct netlink *request, const void *data, size_t size)
{
	if (size > 0)
		memcpy((char *)request + request->header.nlmsg_len, data, size);
	request->header.nlmsg_len += (uint32_t)NLMSG_ALIGN(size);
}

void netlink_attribute(struct netlink *request, int type, const void *value, size_t size)
{
	struct rtattr attribute = {
		.rta_len = (uint16_t)RTA_LENGTH(size),
		.rta_type = (uint16_t)type,
	};

	netlink_append(request, &attribute, sizeof(attribute));
	netlink_append(request, value, size);
}

struct rtattr *netlink_nest(struct netlink *request, int type)
{
	struct rtattr *nest = (struct rtattr *)((char *)request + request->header.nlmsg_len);

	netlink_attribute(request, type, NULL, 0);
	return nest;
}

void netlink_end_nest(struct netlink *request, struct rtattr *nest)
{
	nest->rta_len = (uint16_t)((char *)request + request->header.nlmsg_len - (char *)nest);
}

int netlink_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

int netlink_send(int socket, struct netlink *request)
{
	union {
		struct {
			struct nlmsghdr header;
			struct nlmsgerr error;
		};
		char room[2 * sizeof(struct netlink)]; /* with an error the request comes back */
	} answer;

	if (send(socket, request, request->header.nlmsg_len, 0) == -1)
		return -1;
	if (recv(socket, answer.room, sizeof(answer.room), 0) == -1)
		return -1;
	/* With NLM_F_ACK success is an error message too, of number 0. */
	if (answer.header.nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return -1;
	}
	errno = -answer.error.error;
	return errno ? -1 : 0;
}
