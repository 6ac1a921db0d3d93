/*
 * env - the command's environment: each line of the input is one --env.
 */
#include "env.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *entry;
	char **env = calloc(size + 2, sizeof(*env));
	size_t count = 0;

	CHECK(env);
	while ((entry = strsep(&rest, "\n"))) {
		int result = env_set(env, entry);

		CHECK((result == -1) == (*entry == '\0' || *entry == '='));
		if (result == 0 && strchr(entry, '=')) {
			size_t length = strcspn(entry, "=");
			char *name = strndup(entry, length);

			CHECK(name);
			CHECK(env_get(env, name) == entry + length + 1);
			free(name);
		}
	}
	while (env[count])
		count++;
	CHECK(count <= size + 1);
	/* No name twice, none without. */
	for (size_t i = 0; i < count && count < 50; i++) {
		size_t length = strcspn(env[i], "=");

		CHECK(length > 0 && env[i][length] == '=');
		for (size_t j = 0; j < i; j++)
			CHECK(strncmp(env[i], env[j], length + 1) != 0);
	}
	free(env);
	free(text);
	return 0;
}
