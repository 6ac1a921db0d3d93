/*
 * payload - the command of the containers in which something is made to fail: it ends as nothing else does.
 */
int main(void)
{
	return 42;
}
