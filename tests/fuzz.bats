# The fuzz targets: that they build, take the inputs that are there, and find what they are for.

load helper

needs_fuzzer() {
	echo 'int LLVMFuzzerTestOneInput(const unsigned char *, unsigned long); int LLVMFuzzerTestOneInput(
		const unsigned char *data, unsigned long size) { return !data && size; }' >probe.c
	clang -fsanitize=fuzzer,address,undefined -o probe probe.c 2>probe.log ||
		skip "clang can't build fuzz targets here: $(tail -n 1 probe.log)"
}

@test "each parser survives the inputs that are there" {
	needs_fuzzer
	run timeout 300 "$LADDER/tools/fuzz" --seeds-only --corpus "$PWD/corpus"
	assert_success
	assert_equal "$(grep -c 'all survived$' <<<"$output")" "$("$LADDER/tools/fuzz" --list | wc -l)"
	# And there are some for each, which reach into it.
	refute_line --regexp ': [0-2] inputs, '
}

@test "a parser that takes too much, overflows or reads too far is found out" {
	needs_fuzzer
	mkdir -p wrong/tools
	cp -r "$LADDER"/common "$LADDER"/"step$NEWEST"-* wrong
	cp "$LADDER/tools/steps" wrong/tools
	sed -i 's/ || \*value > max//' wrong/common/number.c
	sed -i 's/return __builtin_mul_overflow(\(.*\), bytes)/return !(*bytes <<= 10 * (unit - units + 1))/' wrong/common/size.c
	sed -i 's/if (depth == -1)/if (depth < -1)/; s/depth != -1/depth > -2/' wrong/step*/volume.c
	sed -i 's/text\[strspn(text, "0123456789.")\] != .\\0. ||/text[20] == 1 ||/' wrong/step*/cgroup.c
	run timeout 300 "$LADDER/tools/fuzz" --source "$PWD/wrong" --seconds 20 --corpus "$PWD/corpus" number size volume limits
	assert_failure 1
	local target
	for target in number size volume limits; do
		assert_line --partial "fuzz: $target: NOT survived: "
		assert [ -e "$(find corpus -name "$target-crash-*" | sed 1q)" ]
	done
}
