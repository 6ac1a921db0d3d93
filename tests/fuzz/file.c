/*
 * file - words and counts in a small file of the kernel's; the first line of the input is what to look for.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "fuzz.h"

/* WORD stands in TEXT between blanks, or at an end. */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++) {
		if ((at == text || at[-1] == ' ' || at[-1] == '\n') &&
		    (at[length] == '\0' || at[length] == ' ' || at[length] == '\n'))
			return true;
		if (*at == '\0')
			break;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int file = -1;
	char *text = fuzz_string(data, size), *rest = text;
	char *word = strsep(&rest, "\n"), name[32], shown[4096];
	size_t length = rest ? (size_t)(text + size - rest) : 0;

	if (file == -1)
		file = memfd_create("fuzz", MFD_CLOEXEC);
	CHECK(file != -1 && ftruncate(file, 0) == 0);
	CHECK(pwrite(file, rest ? rest : "", length, 0) == (ssize_t)length);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", file);

	CHECK(file_read(AT_FDCWD, name, shown, sizeof(shown)) == 0);
	CHECK(strlen(shown) <= length);
	/* Whoever asks for a word asks for one. */
	if (!strpbrk(word, " \n"))
		CHECK(file_has_word(AT_FDCWD, name, word) == has_word(shown, word));
	/* A key that is not there counts nothing. */
	if (file_read_count(AT_FDCWD, name, word) > 0)
		CHECK(strstr(shown, word));
	free(text);
	return 0;
}
