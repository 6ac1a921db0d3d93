# bundle.jq - an OCI configuration with the isolation of a step.
#
#   --arg step NN --arg root DIR --slurpfile rules FILE --argjson held "[NUMBER...]" --args COMMAND [ARG...]
#
# held: the capabilities that there are to be had, by number; rules: what filter_export wrote.
def since($n): ($step | tonumber) >= $n;
def mount($at; $type; $options): { destination: $at, type: $type, source: $type, options: $options };

# The filter: one entry for all calls with one answer, then those of which an argument decides, in their order.
def unconditional: map(select(.args | not)) | group_by(.action) |
	map({ names: map(.name), action: .[0].action } + (if .[0].errnoRet then { errnoRet: .[0].errnoRet } else {} end));
def conditional: map(select(.args) | { names: [.name] } + del(.name));

# By number: linux/capability.h.
["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
	"LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
	"SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
	"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
	"CHECKPOINT_RESTORE"] as $names |
["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
	"NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"] as $few |
([$held[] | $names[.] | select(. and (since(8) | not) or IN($few[]))] | map("CAP_" + .)) as $capabilities |
{
	ociVersion: "1.0.2",
	hostname: "container",
	root: { path: $root, readonly: false },
	process: {
		terminal: false,
		user: { uid: 0, gid: 0 },
		cwd: "/",
		args: $ARGS.positional,
		env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
		capabilities: { bounding: $capabilities, effective: $capabilities, permitted: $capabilities },
		noNewPrivileges: since(8),
	},
	mounts: [
		mount("/proc"; "proc"; ["nosuid", "noexec", "nodev"]),
		mount("/dev"; "tmpfs"; ["nosuid", "mode=755", "size=64M"]),
		mount("/dev/pts"; "devpts"; ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
		mount("/dev/shm"; "tmpfs"; ["nosuid", "noexec", "nodev", "mode=1777", "size=64M"]),
		mount("/dev/mqueue"; "mqueue"; ["nosuid", "noexec", "nodev"]),
		mount("/sys"; "sysfs"; ["nosuid", "noexec", "nodev", "ro"])
	],
	linux: ({
		namespaces: (["uts", "pid", "ipc", "mount"] +
			(if since(5) then ["cgroup"] else [] end) +
			(if since(6) then ["network"] else [] end) +
			(if since(9) then ["user"] else [] end) | map({ type: . })),
		maskedPaths: ["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
			"/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
			"/sys/devices/virtual/powercap", "/sys/firmware"],
		readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
	} + (if since(5) then { resources: { memory: { limit: 104857600, swap: 104857600 }, pids: { limit: 100 } } } else {} end)
	+ (if since(8) then { seccomp: { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38,
		syscalls: ($rules | unconditional + conditional) } } else {} end)
	+ (if since(9) then { uidMappings: [{ containerID: 0, hostID: 1879048192, size: 65536 }],
		gidMappings: [{ containerID: 0, hostID: 1879048192, size: 65536 }] } else {} end)),
}
