# setup_suite.bash - once for each run of bats: the root file system, the payloads, a shared folder.
#
# ROOTFS may be given, to save the half second; then it must be one that this file made.

setup_suite() {
	local ladder source
	ladder=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.." && pwd)
	((EUID == 0)) || { echo "the tests need root: sudo make test" >&2; return 1; }

	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_SUITE_TMPDIR"
	export SHARE=$BATS_SUITE_TMPDIR/share
	mkdir -m 1777 "$SHARE"
	[[ ! ${ROOTFS:-} ]] || return 0
	export ROOTFS=$BATS_SUITE_TMPDIR/rootfs
	"$ladder/tools/rootfs" -o "$ROOTFS" >/dev/null || return
	mkdir "$ROOTFS/payloads"
	for source in "$ladder"/tests/payloads/*.c; do
		"${CC:-cc}" -static -O1 -D_GNU_SOURCE -Wall -Wextra \
			-o "$ROOTFS/payloads/$(basename "$source" .c)" "$source" -lseccomp || return
	done
}
