/*
 * changes-kernel - looks whether it could make the kernel run something outside, or stop.
 * scores: 0
 * never: could change the kernel
 */
#include <fcntl.h>
#include <linux/reboot.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "container.h"
#include "report.h"
#include "status.h"

/* Writes what is there already. */
static int may_write(const char *path)
{
	char value[256];
	int file = open(path, O_RDWR);
	ssize_t size = file == -1 ? -1 : read(file, value, sizeof(value));

	return size > 0 && pwrite(file, value, (size_t)size, 0) == size;
}

int container_run(struct container *c)
{
	int done = 0;

	(void)c;
	done += may_write("/proc/sys/kernel/core_pattern");
	if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
		mkdir("place", 0755);
		mount("proc", "place", "proc", 0, NULL);
		done += may_write("place/sys/kernel/core_pattern");
		/* Under the name of a file that a runtime does write. */
		mount("place/sys/kernel/core_pattern", "/proc/self/setgroups", NULL, MS_BIND, NULL);
		done += may_write("/proc/self/setgroups");
	}
	done += mknod("disk", S_IFBLK | 0600, makedev(7, 255)) == 0;
	done += mknod("memory", S_IFCHR | 0600, makedev(1, 1)) == 0;
	done += syscall(SYS_bpf, 0, NULL, 0) != -1;
	done += syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		    LINUX_REBOOT_CMD_CAD_OFF, NULL) == 0;
	if (done)
		refuse("could change the kernel in %d ways", done);
	return EXIT_RUNTIME;
}
