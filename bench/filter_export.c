/*
 * filter_export - the step's filter for others to use, on standard output.
 *
 *   filter_export bpf      the program that the kernel gets
 *   filter_export rules    its rules, a line each, in the words of the OCI runtime specification
 *
 * It is linked with --wrap for the two functions of libseccomp below: what the step would do with
 * them comes here instead.
 */
#include <inttypes.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container.h"

int __real_seccomp_rule_add_array(scmp_filter_ctx filter, uint32_t action, int number,
    unsigned int count, const struct scmp_arg_cmp *arguments);
int __wrap_seccomp_rule_add_array(scmp_filter_ctx filter, uint32_t action, int number,
    unsigned int count, const struct scmp_arg_cmp *arguments);
int __real_seccomp_export_bpf(const scmp_filter_ctx filter, int fd);
int __wrap_seccomp_export_bpf(const scmp_filter_ctx filter, int fd);

static bool rules;

int __wrap_seccomp_rule_add_array(scmp_filter_ctx filter, uint32_t action, int number,
    unsigned int count, const struct scmp_arg_cmp *arguments)
{
	static const char *const comparisons[] = {
		[SCMP_CMP_NE] = "NE",
		[SCMP_CMP_LT] = "LT",
		[SCMP_CMP_LE] = "LE",
		[SCMP_CMP_EQ] = "EQ",
		[SCMP_CMP_GE] = "GE",
		[SCMP_CMP_GT] = "GT",
		[SCMP_CMP_MASKED_EQ] = "MASKED_EQ",
	};
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	if (!rules)
		return __real_seccomp_rule_add_array(filter, action, number, count, arguments);
	printf("{\"name\":\"%s\",", name);
	if (action == SCMP_ACT_ALLOW)
		printf("\"action\":\"SCMP_ACT_ALLOW\"");
	else
		printf("\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":%u", action & 0xffff);
	for (unsigned int i = 0; i < count; i++)
		printf("%s{\"index\":%u,\"op\":\"SCMP_CMP_%s\",\"value\":%" PRIu64
		       ",\"valueTwo\":%" PRIu64 "}",
		    i == 0 ? ",\"args\":[" : ",", arguments[i].arg, comparisons[arguments[i].op],
		    (uint64_t)arguments[i].datum_a, (uint64_t)arguments[i].datum_b);
	printf("%s}\n", count > 0 ? "]" : "");
	free(name);
	return 0;
}

int __wrap_seccomp_export_bpf(const scmp_filter_ctx filter, int fd)
{
	return rules ? 0 : __real_seccomp_export_bpf(filter, fd);
}

int main(int argc, char **argv)
{
	static const struct container c = { .gate = { -1, STDOUT_FILENO } };

	if (argc != 2)
		return 2;
	rules = strcmp(argv[1], "rules") == 0;
	return seccomp_send(&c) == -1;
}
