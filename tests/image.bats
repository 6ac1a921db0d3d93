# What tools/rootfs --image makes of images: built here by umoci and by tar, written by skopeo as docker save, podman save
# and other tools write them, and compared with what umoci unpacks.

load helper

setup_file() {
	# Not every distribution has it.
	command -v umoci >/dev/null || skip 'no umoci here: sudo tools/deps test'
	cd "$BATS_FILE_TMPDIR" || return
	umask 022
	umoci init --layout layout
	umoci new --image layout:it
	for layer in lowest second third fourth; do
		"$layer"_layer || return
	done >&2
	umoci config --image layout:it --config.entrypoint /bin/busybox --config.cmd sh --config.cmd -c \
		--config.cmd 'echo "$MARK" in "$PWD"; exec sleep 60' --config.env PATH=/bin --config.env "MARK=it's \$HOME \"x\"
second line" --config.workingdir '/new work'
	umoci unpack --image layout:it merged >&2
	umoci tag --image layout:it other
	umoci config --image layout:other --config.cmd other
	skopeo --tmpdir . --insecure-policy copy -q oci:layout:it docker-archive:docker.tar:it:latest
	skopeo --tmpdir . --insecure-policy copy -q oci:layout:it oci-archive:oci.tar:it
}

# What is in FOLDER, one line a name, with all that a layer carries. Left out is what belongs to the file system, the size
# of a directory and how many links it has; overlayfs's own mark; and what --image adds, where the steps mount and start.
# Links to one file have its first name in common. What can't be looked at shows, too.
picture() { # FOLDER
	(
		exec 2>&1
		cd "$1" || exit
		ours=(-path ./proc -o -path ./sys -o -path ./dev -o -path './new work')
		find . -xdev ! \( "${ours[@]}" \) -printf '%i\t%y\t%m\t%U:%G\t%n\t%s\t%T@\t%l\t%P\0' |
			sort -z -t $'\t' -k 9 | awk -F '\t' -v OFS='\t' 'BEGIN { RS = ORS = "\0" } {
				if (!($1 in first)) first[$1] = $9
				$1 = first[$1]
				if ($2 == "d") $5 = $6 = "-"
				print
			}' | tr '\n\0' '?\n'
		find . -xdev -type f -print0 | sort -z | xargs -0 sha256sum -z -- | tr '\n\0' '?\n'
		find . -xdev ! \( "${ours[@]}" \) -print0 | sort -z |
			xargs -0 getfattr -hd -m - -- | awk -v RS= -v ORS='\n\n' '{ sub(/\nuser\.overlay\.[^\n]*/, "") } /\n/'
	)
}

# ---- the image, from the bottom up
edit() { # FUNCTION: a layer that is the difference between before and after, as umoci sees it
	umoci unpack --image layout:it bundle
	(cd bundle/rootfs && "$1")
	umoci repack --image layout:it bundle
	rm -rf bundle
}

lowest_layer() { edit fill_lowest; }
fill_lowest() {
	local busybox
	busybox=$("$LADDER/tools/doctor" --busybox) || return
	mkdir -p bin etc/conf.d usr/lib var/log tmp deep/er/est swap/dir gone/sub mixed emptied kept 'odd name' back order
	install -m 755 "$busybox" bin/busybox
	ln bin/busybox bin/sh
	ln bin/busybox bin/sleep
	install -m 4755 "$busybox" bin/setuid
	cp bin/busybox bin/capable
	chmod 1777 tmp
	chown 12:34 deep deep/er
	chmod 2751 deep/er
	chmod 700 deep/er/est
	ln -s ../bin/busybox usr/lib/link
	ln -s /etc/passwd etc/absolute
	mkfifo -m 620 var/log/fifo
	mknod var/log/null c 1 3
	echo root:x:0:0:root:/:/bin/sh >etc/passwd
	printf %s "$(token)" >etc/token
	for file in gone/a gone/sub/b mixed/a mixed/b mixed/e emptied/a swap/dir/a swap/file deep/er/est/a \
		kept/a kept/linked back/a; do
		echo "lowest $file" >"$file"
	done
	echo lowest >order.txt # sorts before order/file: the folder's members are not together
	echo lowest >order/file
	chmod 555 order
	ln kept/linked kept/other
	chown 1000:1001 kept/a
	touch -d '2001-02-03 04:05:06.789' kept/a etc/conf.d
	echo 1 >'odd name/with space' && echo 2 >$'odd name/new\nline' && echo 3 >'odd name/back\slash' && echo 4 >'odd name/grün'
	truncate -s 1M var/log/sparse
	setfattr -n user.note -v lowest mixed/b
	setcap cap_net_bind_service+ep bin/capable
}

# Removed: a file, a tree, a file of a folder; changed: type, mode, owner; new: linked files.
second_layer() { edit change_second; }
change_second() {
	rm -r gone mixed/a swap/dir swap/file 'odd name/back\slash' $'odd name/new\nline' back
	mkdir swap/file
	echo second >swap/file/now
	ln -s file swap/dir
	chmod 750 etc/conf.d
	chown 5:6 mixed
	echo second >mixed/c
	ln mixed/c mixed/d
	setcap cap_net_raw+ep bin/capable
}

# What umoci and docker never write, but others do.
third_layer() {
	local members
	mkdir -p layer/emptied layer/kept layer/tmp/below layer/deep/er/est layer/mixed/.wh..wh.plnk layer/usr/lib
	(
		cd layer || exit
		touch emptied/.wh..wh..opq emptied/.wh.a emptied/.wh.none # one whiteout beside an opaque mark, one for nothing
		echo third >emptied/new
		touch kept/.wh.a && echo third >kept/a                  # hidden and new: the whiteout means the one below
		touch swap.wh && mkdir swap && touch swap/.wh.file && mkdir swap/file && echo third >swap/file/other
		touch .wh.nothing usr/.wh.lib && mkdir -p usr/lib && echo third >usr/lib/new
		touch mixed/.wh.e mixed/.wh..wh.aufs
		echo third >tmp/below/file   # none of the folders above the next two is a member
		echo third >deep/er/est/file
		rm swap.wh
	)
	members=(emptied/.wh.a emptied/.wh.none emptied/.wh..wh..opq emptied/new emptied kept/a kept/.wh.a swap/.wh.file swap/file
		swap/file/other .wh.nothing usr/lib usr/lib/new usr/.wh.lib mixed/.wh.e mixed/.wh..wh.plnk mixed/.wh..wh.aufs
		tmp/below/file deep/er/est/file)
	tar -cf third.tar --format=pax --no-recursion -C layer "${members[@]}"
	umoci raw add-layer --image layout:it third.tar
	umoci raw add-layer --image layout:it third.tar # the same once more
}

fourth_layer() { edit change_fourth; }
change_fourth() {
	mkdir -p gone back/a
	echo fourth >gone/a
	echo fourth >back/b
	chmod 711 .
	chown 7:8 tmp/below
	touch -d '2002-03-04 05:06:07' tmp # umoci moved it when it made below
}

# ---- the tests
# unpack NAME ARCHIVE [OPTION...]: the folder NAME; what runs it is in $line, what else was said in the file messages
unpack() {
	line=$("$LADDER/tools/rootfs" -o "$1" --image "${@:2}" 2>messages) || { cat messages; return 1; }
}

layers_of() { # FOLDER: for mount's lowerdir
	find "$1" -mindepth 1 -maxdepth 1 | sort -t / -k 2 -n -r | paste -sd :
}

@test "an image's layers merge to what umoci unpacks: names, types, modes, owners, times, contents, attributes, links" {
	unpack image "$BATS_FILE_TMPDIR/docker.tar"
	mkdir merged
	mount -t overlay overlay -o "lowerdir=$(layers_of image)" merged
	picture merged >is
	umount merged
	picture "$BATS_FILE_TMPDIR/merged/rootfs" >should
	diff should is
	# The picture shows what the image was made to have.
	grep -q $'\t4755\t0:0\t.*\tbin/setuid$' is
	grep -q '^security.capability=' is
	grep -q '^user.note=' is
	assert [ "$(find image -type c | wc -l)" -ge 5 ]
}

# Starts what --image printed, on another step if asked; the rest is as with ctr_start.
start_line() { # LINE
	OUT=$(mktemp "$BATS_TEST_TMPDIR/out.XXXXXX")
	eval "exec $1" </dev/null >"$OUT" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	CTR=$!
	STARTED+=("$CTR")
}

# The picture of a running container's root, by one who sees its ids; without the root itself, which is the upper's.
picture_of() { # PID
	local enter=()
	refute [ "/proc/$1/root" -ef / ]
	[[ $(readlink "/proc/$1/ns/user") == "$(readlink /proc/self/ns/user)" ]] || enter=(nsenter -t "$1" -U -S 0 -G 0)
	"${enter[@]}" bash -c "$(declare -f picture); picture /proc/$1/root" | sed 1d
}

@test "the line that --image prints runs the image: its command, environment and folder, on its layers" {
	local step
	unpack image "$BATS_FILE_TMPDIR/docker.tar"
	picture "$BATS_FILE_TMPDIR/merged/rootfs" | sed 1d >should
	for step in 07 08 09; do
		[[ -x $LADDER/step$step ]] || continue
		echo "step$step"
		start_line "${line/"/step$NEWEST run"/"/step$step run"}"
		ctr_printed ' in /new work$'
		assert_equal "$(grep -vE '^(step..: warning|hint): ' "$OUT")" "it's \$HOME \"x\"
second line in /new work"
		diff should <(picture_of "$(ctr_child "$CTR")")
	done
}

# Users of this suite's own, as far as this mount namespace goes: 7001 has subordinate ids, 7002 has none.
add_users() {
	local file
	mkdir etc
	cp /etc/passwd /etc/group etc
	printf 'ladder-%s:x:%s::/:/bin/sh\n' many 7001:7001 one 7002:7002 >>etc/passwd
	echo 'ladder-many:700000:65536' | tee etc/subuid >etc/subgid
	for file in passwd group subuid subgid; do
		[[ -e /etc/$file ]] || skip "this host has no /etc/$file"
		mount --bind "etc/$file" "/etc/$file"
	done
}

after_test() {
	umount /etc/passwd /etc/group /etc/subuid /etc/subgid 2>/dev/null || true
}


@test "an ordinary user unpacks and runs an image: with subordinate ids all of it, with one id all but owners" {
	local uid as_user tools=$SHARE/ladder/tools
	"$LADDER/tools/doctor" --has userns || skip 'this host allows no user namespaces'
	has_step 09 || skip 'no step09 yet'
	add_users
	# The checkout may be where nobody else may look.
	mkdir -p "$tools"
	cp "$LADDER"/tools/{rootfs,image,steps,doctor,deps} "$tools"
	cp "$BIN" "$SHARE/ladder"
	cp "$BATS_FILE_TMPDIR/docker.tar" "$SHARE"
	chmod 755 .
	# Only root can make devices.
	picture "$BATS_FILE_TMPDIR/merged/rootfs" | sed -e 1d -e '/^var.log.null\t/d' >should-7001
	awk -F '\t' -v OFS='\t' 'NF == 9 { $4 = "0:0" } { print }' should-7001 | sed '/^# file: bin.capable$/,/^$/d' >should-7002
	for uid in 7001 7002; do
		echo "$uid"
		mkdir -m 700 "home-$uid"
		chown "$uid:$uid" "home-$uid"
		as_user=(env -u TMPDIR setpriv --reuid="$uid" --regid="$uid" --clear-groups)
		line=$("${as_user[@]}" "$tools/rootfs" -o "home-$uid/image" --image "$SHARE/docker.tar" 2>messages) || { cat messages; return 1; }
		start_line "${as_user[*]} $line"
		ctr_printed ' in /new work$'
		picture_of "$(ctr_child "$CTR")" >is
		diff "should-$uid" is
	done
}

# Without the times of what the archive has not: whiteouts, and folders on the way to a member.
layers_alone() { # FOLDER
	picture "$1" | awk -F '\t' -v OFS='\t' '$2 ~ /[dc]/ { $7 = "-" } { print }'
}

@test "whoever wrote the archive, and however it is compressed, the layers are the same" {
	local from=$BATS_FILE_TMPDIR archive
	unpack image "$from/docker.tar"
	layers_alone image >should
	skopeo --tmpdir . --insecure-policy copy -q --dest-compress-format zstd "docker-archive:$from/docker.tar" oci:zstd:it
	tar -cf zstd.tar -C zstd .
	gzip <"$from/docker.tar" >docker.tar.gz
	zstd -q <"$from/oci.tar" >oci.tar.zst
	docker_and_oci "$from/oci.tar" both.tar
	for archive in "$from/oci.tar" zstd.tar docker.tar.gz oci.tar.zst both.tar; do
		echo "$archive"
		rm -rf other
		unpack other "$archive"
		diff should <(layers_alone other)
	done
}

# What docker writes since 25.0: an OCI layout that has docker's list as well.
docker_and_oci() { # OCI-ARCHIVE NEW-ARCHIVE
	local manifest
	mkdir both
	tar -xf "$1" -C both
	manifest=$(jq -r '.manifests[0].digest | sub("sha256:"; "blobs/sha256/")' both/index.json)
	jq 'def place: .digest | sub("sha256:"; "blobs/sha256/");
		[{ Config: .config | place, RepoTags: ["it:latest"], Layers: [.layers[] | place] }]' "both/$manifest" >both/manifest.json
	tar -cf "$2" -C both blobs index.json oci-layout manifest.json
}

@test "of several images --name takes one" {
	local from=$BATS_FILE_TMPDIR
	tar -cf several.tar -C "$from/layout" .
	run "$LADDER/tools/rootfs" --image -o image several.tar
	assert_failure 1
	assert_output 'rootfs: several.tar holds several images; --name takes one of: it, other'
	run "$LADDER/tools/rootfs" --image -o image several.tar --name none
	assert_failure 1
	assert_equal "${#lines[@]}" 1
	assert_equal "$(ls)" several.tar
	unpack image several.tar --name other
	[[ $line == *' /bin/busybox other' ]]
}

# ---- archives that are wrong
open_archive() { # FORMAT: into the folder tree
	rm -rf tree
	mkdir tree
	tar -xf "$BATS_FILE_TMPDIR/$1.tar" -C tree
	chmod -R u+w tree
}

close_archive() { # ARCHIVE
	(cd tree && tar -c -- *) >"$1"
}

# The blob that JQ-PATH in FILE names.
blob() { # JQ-PATH FILE
	jq -r "$1.digest | sub(\"sha256:\"; \"blobs/sha256/\")" "tree/$2"
}

# Writes standard input as a blob, and makes JQ-PATH in FILE name it.
replace_blob() { # JQ-PATH FILE
	local digest size
	cat >new
	digest=$(sha256sum new | cut -d ' ' -f 1)
	size=$(stat -c %s new)
	mv new "tree/blobs/sha256/$digest"
	jq -c "$1 |= (.digest = \"sha256:$digest\" | .size = $size)" "tree/$2" >new
	mv new "tree/$2"
}

change_a_byte() { # FILE
	local middle=$(($(stat -c %s "tree/$1") / 2))
	tail -c +$((middle + 1)) "tree/$1" | head -c 1 | tr '\000-\377' '\001-\377\000' |
		dd of="tree/$1" bs=1 seek="$middle" conv=notrunc status=none
}

damage_docker() {
	open_archive docker
	change_a_byte "$(jq -r '.[0].Layers[1]' tree/manifest.json)"
	close_archive work/docker-layer.tar
	open_archive docker
	sed -i s,/bin/busybox,/bin/basybox, "tree/$(jq -r '.[0].Config' tree/manifest.json)"
	close_archive work/docker-config.tar
	open_archive docker
	jq -c '.[0].Layers |= .[1:]' tree/manifest.json >new
	mv new tree/manifest.json
	close_archive work/docker-fewer.tar
}

damage_oci() {
	local manifest
	open_archive oci
	manifest=$(blob '.manifests[0]' index.json)
	change_a_byte "$(blob '.layers[1]' "$manifest")"
	close_archive work/oci-layer.tar
	open_archive oci
	sed -i s,/bin/busybox,/bin/basybox, "tree/$(blob .config "$manifest")"
	close_archive work/oci-config.tar
	open_archive oci
	change_a_byte "$manifest"
	close_archive work/oci-manifest.tar
	# All digests are right, but the configuration has the layers in another order.
	open_archive oci
	cp "tree/$manifest" tree/copy
	jq -c '.rootfs.diff_ids |= reverse' "tree/$(blob .config "$manifest")" | replace_blob .config copy
	replace_blob '.manifests[0]' index.json <tree/copy
	close_archive work/oci-order.tar
}

@test "an archive that is damaged, cut short or no image is refused in one line, and nothing stays" {
	local from=$BATS_FILE_TMPDIR archive
	mkdir work work/folder
	damage_docker
	damage_oci
	echo '[]' >manifest.json
	tar -cf work/list-empty.tar manifest.json
	echo '{' >manifest.json
	tar -cf work/list-half.tar manifest.json
	head -c "$(($(stat -c %s "$from/docker.tar") / 2))" "$from/docker.tar" >work/half-docker.tar
	head -c "$(($(stat -c %s "$from/oci.tar") / 2))" "$from/oci.tar" >work/half-oci.tar
	head -c "$(($(stat -c %s "$from/oci.tar") / 2))" < <(gzip <"$from/oci.tar") >work/half-gzip
	echo text >work/text
	tar -cf work/root.tar -C "$ROOTFS" bin
	cd work || return
	declare -A why=(
		[docker-config.tar]=': its configuration does not match its digest$'
		[oci-order.tar]=': its layers are not those that its configuration lists$'
		[oci-config.tar]=digest [docker-layer.tar]='[Dd]igest' [folder]='is not a file' [missing]='is not a file'
		[text]='is no image' [root.tar]='is no image' [list-half.tar]="manifest.json is not an image's" [half-gzip]=damaged
	)
	for archive in * missing; do
		run "$LADDER/tools/rootfs" -o new --image "$archive"
		echo "$output"
		assert_failure 1
		assert_equal "${#lines[@]}" 1
		assert_output --regexp "^rootfs: $archive.*${why[$archive]-}"
		assert_equal "$(ls -d new* 2>/dev/null)" ''
	done
}

# An image in image.tar, of layers that umoci would not write: each argument a tar archive.
image_of() { # TAR...
	local layer
	rm -rf layout image.tar
	umoci init --layout layout
	umoci new --image layout:it
	for layer in "$@"; do
		umoci raw add-layer --image layout:it "$layer"
	done
	tar -cf image.tar -C layout .
}

@test "no layer reaches out of its folder, whatever its members are called and link to" {
	local outside=$PWD/outside bad
	mkdir outside work
	echo mine >outside/file
	mkdir -m 700 outside/folder
	chown 11:22 outside/folder
	chmod 751 outside
	picture outside >before
	echo evil >member
	ln member linked
	ln -s "$outside" link
	ln -s ../../../../outside up
	tar -cPf dots.tar --transform s,^member,../../../../outside/file, member
	tar -cPf absolute.tar --transform "s,^member,$outside/file," member
	tar -cPf behind.tar --transform s,^member,link/file, link member
	tar -cPf behind-up.tar --transform s,^member,up/file, up member
	tar -cPf linked.tar --transform "s,^member\$,$outside/file,hRS" member linked
	for bad in dots behind behind-up linked; do
		image_of "$bad.tar"
		run "$LADDER/tools/rootfs" -o "work/$bad" --image image.tar
		echo "$bad: $output"
		assert_failure 1
		assert_equal "${#lines[@]}" 1
		assert_equal "$(ls work)" ''
		diff before <(picture outside)
	done
	image_of absolute.tar
	unpack work/image image.tar
	assert_equal "$(<"work/image/1$outside/file")" evil
	diff before <(picture outside)

	# A lower layer's symlink, and above it a folder of that name that no member makes, and a whiteout. Then the other way round.
	mv link folder
	mkdir -p above/folder/folder above/up below/up
	touch above/folder/folder/new above/folder/.wh.file above/up/.wh.gone below/up/gone
	tar -cf lower.tar folder -C below up/gone
	tar -cf upper.tar -C above folder/folder/new folder/.wh.file
	tar -cf upper-up.tar up -C above up/.wh.gone
	image_of lower.tar upper.tar upper-up.tar
	rm -rf work/image
	unpack work/image image.tar
	assert_equal "$(cd work/image/2 && find . -printf '%P %u:%m ')" ' root:755 folder root:755 folder/folder root:755 folder/folder/new root:644 '
	diff before <(picture outside)
}

@test "a folder that the layers above keep nothing of, and a whiteout without a name" {
	mkdir -p low/dir
	touch low/file low/dir/file .wh..wh..opq new .wh. .wh...
	tar -cf low.tar -C low .
	tar -cf all.tar .wh..wh..opq new
	image_of low.tar low.tar all.tar
	unpack image image.tar
	# Overlayfs would merge the layers' roots all the same.
	assert_equal "$(ls image) $(ls image/3)" '0'$'\n''3 new'
	refute_regex "$line" image/1
	for bad in .wh. .wh...; do
		tar -cf bad.tar "$bad"
		image_of low.tar bad.tar
		run "$LADDER/tools/rootfs" -o none --image image.tar
		assert_failure 1
		assert_output "rootfs: image.tar: layer 2 has a whiteout without a name: /$bad"
	done
	assert [ ! -e none ]
}

@test "what the steps can't do for an image is said, and its words are quoted" {
	tar -cf low.tar -C "$ROOTFS" bin
	image_of low.tar
	umoci config --image layout:it --config.user 12:34 --config.entrypoint -x --config.env 'A=$(touch evil)' --config.env B= --config.cmd $'two\n; touch evil' --config.cmd $'three\n'
	tar -cf image.tar -C layout .
	unpack image image.tar
	assert_equal "$(<messages)" "$(grep -v note: messages)"$'\n'"rootfs: note: the image is to run as 12:34: here it runs as root"
	eval "set -- $line"
	assert_equal "${*:2}" "run --layer image/1 --layer image/0 -e A=\$(touch evil) -e B= -- -x two"$'\n'"; touch evil three"$'\n'
	assert [ ! -e evil ]
}

@test "a whiteout that hides nothing and attributes of overlayfs's own that a layer brings count for nothing" {
	mkdir -p low/dir fresh
	touch low/dir/file fresh/.wh.none
	tar -cf low.tar -C low .
	setfattr -n trusted.overlay.opaque -v y low/dir
	setfattr -n user.overlay.opaque -v y low/dir
	setfattr -n user.note -v kept low/dir
	tar -cf own.tar --xattrs '--xattrs-include=*' -C low dir -C "$PWD" fresh/.wh.none
	grep -qa trusted.overlay.opaque own.tar
	image_of low.tar own.tar
	unpack image image.tar
	assert_equal "$(getfattr -dm - image/2/dir)" $'# file: image/2/dir\nuser.note="kept"'
	assert_equal "$(ls image/2)" dir
}
