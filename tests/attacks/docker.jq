# docker.jq - makes what `runc spec` prints into what docker run asks of runc by default: the model of
# a peer for tools/attacks.
#
# After docker's documentation of capabilities, devices and its seccomp profile. That profile is a list
# of what is allowed; this is the list of what it refuses, the same for every call that a probe makes.

def capabilities: [
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
	"CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
	"CAP_AUDIT_WRITE"
];

def refused: [
	"acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "delete_module", "fanotify_init", "finit_module",
	"fsconfig", "fsmount", "fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register",
	"io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie",
	"mount", "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root",
	"quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname", "sethostname", "setns", "settimeofday",
	"swapoff", "swapon", "sysfs", "syslog", "umount", "umount2", "unshare", "uselib", "userfaultfd", "vhangup"
];

def deny(names): {names: names, action: "SCMP_ACT_ERRNO", errnoRet: 1};

# A condition that holds if all bits of MASK are set in an argument, the first; or if that equals VALUE.
def bits(mask): {args: [{index: 0, value: mask, valueTwo: mask, op: "SCMP_CMP_MASKED_EQ"}]};
def equals(value): {args: [{index: 0, value: value, op: "SCMP_CMP_EQ"}]};

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
def namespaces: [131072, 33554432, 67108864, 134217728, 268435456, 536870912, 1073741824];

def device(kind; major; minor): {allow: true, type: kind, major: major, minor: minor, access: "rwm"};

.root.readonly = false
| .process.noNewPrivileges = false
| .process.capabilities = {bounding: capabilities, effective: capabilities, permitted: capabilities}
| .linux.maskedPaths = ["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
	"/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
	"/sys/devices/virtual/powercap", "/sys/firmware"]
| .linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
| .linux.resources = {devices: [
	{allow: false, access: "rwm"}, {allow: true, type: "c", access: "m"}, {allow: true, type: "b", access: "m"},
	device("c"; 1; 3), device("c"; 1; 5), device("c"; 1; 7), device("c"; 1; 8), device("c"; 1; 9),
	device("c"; 5; 0), device("c"; 5; 1), device("c"; 5; 2), device("c"; 136; -1)]}
| .linux.seccomp = {
	defaultAction: "SCMP_ACT_ALLOW",
	architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
	syscalls: [
		deny(refused),
		deny(["clone3"]) + {errnoRet: 38},
		(namespaces[] | deny(["clone"]) + bits(.)),
		deny(["personality"]) + equals(262144),
		(38, 40 | deny(["socket"]) + equals(.))
	]
}
