# setup_suite.bash - once for each run of bats: the root file system, the payloads, a shared folder.
#
# ROOTFS may be given, to save the half second; then it must be one that this file made.

setup_suite() {
	((EUID == 0)) || { echo "the tests need root: sudo make test" >&2; return 1; }

	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_SUITE_TMPDIR"
	export SHARE=$BATS_SUITE_TMPDIR/share
	mkdir -m 1777 "$SHARE"
	[[ ! ${ROOTFS:-} ]] || return 0
	export ROOTFS=$BATS_SUITE_TMPDIR/rootfs
	make_root_file_system "$ROOTFS"
}

make_root_file_system() { # DIR
	local ladder source
	ladder=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.." && pwd)
	"$ladder/tools/rootfs" -o "$1" >/dev/null || return
	mkdir "$1/payloads"
	for source in "$ladder"/tests/payloads/*.c; do
		"${CC:-cc}" -static -O1 -D_GNU_SOURCE -Wall -Wextra \
			-o "$1/payloads/$(basename "$source" .c)" "$source" -lseccomp || return
	done
}
