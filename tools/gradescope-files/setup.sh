#!/usr/bin/env bash
# setup.sh - run once by Gradescope, as root, to make the image: installs what grading needs.
#
# Most such containers may not make namespaces. For them a virtual machine is prepared, which takes no privilege: a
# kernel, and a root of Debian's packages.
set -euo pipefail
source=${AUTOGRADER:-/autograder}/source

export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -q -y --no-install-recommends install bats bats-assert bats-support busybox-static cpio debootstrap e2fsprogs gcc \
	iproute2 iputils-ping jq kmod libarchive-tools libc6-dev libseccomp-dev make procps qemu-system-x86 strace uidmap util-linux \
	xz-utils zstd
tar -C "$source" -xzf "$source/kit.tar.gz"
# The machine runs as an ordinary user, who has to read all of the kit.
chown -R 65534:65534 "$source/kit"
mkdir -p "$source/cache"
LADDER_VM_CACHE=$source/cache "$source/kit/tools/vm" --make-root
LADDER_VM_CACHE=$source/cache "$source/kit/tools/vm" --root default true
chmod -R a+rX "$source/cache"
