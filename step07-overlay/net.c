/*
 * net.c - a network of its own: network_namespaces(7), veth(4), rtnetlink(7).
 *
 * CLONE_NEWNET gave the child a network stack with nothing in it but a loopback device that is down (and idle
 * tunnels where their modules are loaded). With --network veth the parent adds a cable, a pair of devices with
 * one end on the host and one inside, and a network of four addresses (a /30): the second outside, the third inside.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "container.h"
#include "number.h"
#include "report.h"

#define NET_LINK "lad" /* the host's end, and its network in hex; the other end is eth0 */

const char *net_set_mode(struct container *c, const char *text)
{
	static const char *const names[] = { "none", "veth", "host" };

	for (c->network = NETWORK_NONE; c->network <= NETWORK_HOST; c->network++)
		if (strcmp(text, names[c->network]) == 0)
			return NULL;
	return "not none, veth or host";
}

const char *net_set_subnet(struct container *c, const char *text)
{
	char address[INET_ADDRSTRLEN];
	size_t length = strcspn(text, "/");
	struct in_addr base;
	unsigned long prefix;

	if (length >= sizeof(address) || text[length] != '/')
		return "not ADDRESS/PREFIX";
	memcpy(address, text, length);
	address[length] = '\0';
	if (inet_pton(AF_INET, address, &base) != 1 ||
	    number_parse(text + length + 1, 8, 30, &prefix) == -1)
		return "not an IPv4 address and a prefix from 8 to 30";
	c->subnet = ntohl(base.s_addr);
	c->subnet_size = 1U << (32 - prefix);
	if (c->subnet & (c->subnet_size - 1))
		return "the address has bits beyond the prefix";
	if (c->subnet >> 24 == 0 || c->subnet >> 24 == 127 || c->subnet >> 24 >= 224)
		return "no host can have such an address";
	return NULL;
}

/*
 * True if the host has a route into our subnet that is not one of ours. One that covers more than
 * any subnet here may, like a VPN's 0.0.0.0/1, stands for the default route.
 */
static bool net_is_taken(const struct container *c)
{
	FILE *routes = fopen("/proc/net/route", "re");
	char line[256], device[IFNAMSIZ + 1];
	unsigned int to, mask;
	bool taken = false;

	while (routes && !taken && fgets(line, sizeof(line), routes)) {
		if (sscanf(line, "%16s %x %*x %*x %*d %*d %*d %x", device, &to, &mask) != 3 ||
		    ntohl(mask) < 0xff000000 || strncmp(device, NET_LINK, strlen(NET_LINK)) == 0)
			continue;
		mask = ntohl(mask) & ~(c->subnet_size - 1);
		taken = (ntohl(to) & mask) == (c->subnet & mask);
	}
	if (routes)
		fclose(routes);
	return taken;
}

int net_choose_subnet(struct container *c)
{
	static const char *const defaults[] = { "10.213.0.0/16", "172.29.0.0/16",
		"192.168.208.0/20" };

	if (c->network != NETWORK_VETH)
		return 0;
	if (c->subnet_size != 0)
		return net_is_taken(c) ? refuse("--subnet: the host has a route into it") : 0;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++) {
		net_set_subnet(c, defaults[i]);
		if (!net_is_taken(c))
			return 0;
	}
	refuse("no subnet for --network veth: the host has routes into all that it would take");
	hint("--subnet names another");
	return -1;
}

static int net_add_address(int socket, unsigned int device, uint32_t address)
{
	struct ifaddrmsg fixed = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = 30,
		.ifa_index = device,
	};
	uint32_t value = htonl(address);
	struct netlink request;

	netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof(fixed));
	netlink_attribute(&request, IFA_LOCAL, &value, sizeof(value));
	return netlink_send(socket, &request);
}

/*
 * Both ends at once, and the far one born in the child's namespace: so at no time is there
 * anything that would outlive the child. Its hardware address holds its IP address (02:42,
 * then the four bytes, as docker did it), which is how the child learns that.
 */
static int net_add_pair(int socket, const char *name, pid_t child, uint32_t address)
{
	const struct ifinfomsg up = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP }, down = { 0 };
	uint8_t hardware[6] = { 0x02, 0x42 };
	uint32_t value = htonl(address);
	struct rtattr *info, *data, *peer;
	struct netlink request;

	memcpy(hardware + 2, &value, sizeof(value));
	netlink_begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &up, sizeof(up));
	netlink_attribute(&request, IFLA_IFNAME, name, strlen(name) + 1);
	info = netlink_nest(&request, IFLA_LINKINFO);
	netlink_attribute(&request, IFLA_INFO_KIND, "veth", 4);
	data = netlink_nest(&request, IFLA_INFO_DATA);
	peer = netlink_nest(&request, VETH_INFO_PEER);
	netlink_append(
	    &request, &down, sizeof(down)); /* an end can't be up before both are there */
	netlink_attribute(&request, IFLA_IFNAME, "eth0", 5);
	netlink_attribute(&request, IFLA_ADDRESS, hardware, sizeof(hardware));
	netlink_attribute(&request, IFLA_NET_NS_PID, &child, sizeof(child));
	netlink_end_nest(&request, peer);
	netlink_end_nest(&request, data);
	netlink_end_nest(&request, info);
	return netlink_send(socket, &request);
}

int net_connect(const struct container *c)
{
	const uint32_t count = c->subnet_size / 4;
	char name[IFNAMSIZ];
	uint32_t network, tries = 0;
	int socket, result;

	if (c->network != NETWORK_VETH)
		return 0;
	socket = netlink_open();
	if (socket == -1)
		return fail("open a netlink socket");
	/* The name is the lock: the kernel makes it once, and it says which network is taken. */
	do {
		network = c->subnet + 4 * (((uint32_t)c->pid + tries) % count);
		snprintf(name, sizeof(name), NET_LINK "%08x", network);
		result = net_add_pair(socket, name, c->pid, network + 2);
	} while (result == -1 && errno == EEXIST && ++tries < count);
	if (result == -1) {
		/* No such process: the child has ended before the gate, and has said why itself. */
		if (errno != ESRCH)
			fail("make the veth pair %s", name);
		if (errno == EOPNOTSUPP)
			hint("this kernel has no veth devices: modprobe veth");
		else if (errno == EEXIST)
			hint("the subnet is full: --subnet takes a larger one");
	} else if (net_add_address(socket, if_nametoindex(name), network + 1) == -1) {
		result = fail("give %s its address", name);
	}
	close(socket);
	return result;
}

/* The address that the parent has chosen for this end. */
static int net_read_address(int socket, uint32_t *address)
{
	struct ifreq request = { .ifr_name = "eth0" };

	if (ioctl(socket, SIOCGIFHWADDR, &request) == -1)
		return -1;
	memcpy(address, request.ifr_hwaddr.sa_data + 2, sizeof(*address));
	*address = ntohl(*address);
	return 0;
}

static int net_add_default_route(int socket, uint32_t gateway)
{
	const struct rtmsg fixed = {
		.rtm_family = AF_INET,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_type = RTN_UNICAST,
	};
	uint32_t value = htonl(gateway);
	struct netlink request;

	netlink_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof(fixed));
	netlink_attribute(&request, RTA_GATEWAY, &value, sizeof(value));
	return netlink_send(socket, &request);
}

static int net_bring_up(int socket, const char *device)
{
	const struct ifinfomsg fixed = {
		.ifi_index = (int)if_nametoindex(device),
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct netlink request;

	netlink_begin(&request, RTM_NEWLINK, 0, &fixed, sizeof(fixed));
	return netlink_send(socket, &request);
}

int net_configure(const struct container *c)
{
	uint32_t address;
	int socket, result;

	if (c->network == NETWORK_HOST)
		return 0;
	socket = netlink_open();
	if (socket == -1)
		return fail("open a netlink socket");
	result = net_bring_up(socket, "lo");
	if (result == -1)
		fail("bring up lo");
	if (result == 0 && c->network == NETWORK_VETH &&
	    (net_read_address(socket, &address) == -1 ||
		net_add_address(socket, if_nametoindex("eth0"), address) == -1 ||
		net_bring_up(socket, "eth0") == -1 ||
		net_add_default_route(socket, address - 1) == -1))
		result = fail("configure eth0");
	close(socket);
	return result;
}
