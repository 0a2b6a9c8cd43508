// SPDX-License-Identifier: GPL-2.0-only
/* A program with faults that the static checks must find. Never run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int planted_use_after_free(void)
{
	char *text = strdup("text");

	if (!text)
		return 1;
	free(text);
	return text[0];
}

static int planted_leak(int which)
{
	char *text = malloc(4);

	if (which)
		return 1;
	free(text);
	return 0;
}

static int planted_unreachable(int which)
{
	return which;
	puts("never");
}

static void planted_infinite_loop(int which)
{
	int i = 0;

	while (i < which)
		puts("again");
}

int main(int argc, char **argv)
{
	planted_infinite_loop(argc);
	return planted_use_after_free() + planted_leak(argc) + planted_unreachable(argc);
}
