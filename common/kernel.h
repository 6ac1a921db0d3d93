/*
 * kernel.h - what the kernel has and an older C library's headers may lack.
 *
 * <linux/mount.h> can't be included beside every <sys/mount.h> (glibc 2.35 and 2.36 differ), so
 * the few names that the steps use stand here, with the kernel that brought them.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

#ifndef OPEN_TREE_CLONE /* 5.2: open_tree(2) */
#define OPEN_TREE_CLONE 1
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif

#ifndef AT_RECURSIVE /* 5.2 */
#define AT_RECURSIVE 0x8000
#endif

#ifndef MOVE_MOUNT_F_EMPTY_PATH /* 5.2: move_mount(2) */
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#endif

#ifndef MOUNT_ATTR_RDONLY /* 5.2: fsmount(2) */
#define MOUNT_ATTR_RDONLY 0x00000001
#define MOUNT_ATTR_NODEV 0x00000004
#endif

#ifndef MOUNT_ATTR_IDMAP /* 5.12: mount_setattr(2) */
#define MOUNT_ATTR_IDMAP 0x00100000
#endif

/* 5.12: struct mount_attr of mount_setattr(2), MOUNT_ATTR_SIZE_VER0 */
struct mount_attributes {
	uint64_t attr_set;
	uint64_t attr_clr;
	uint64_t propagation;
	uint64_t userns_fd;
};

#endif
