// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer's target without the fuzzer: runs every kept input of FUZZ_CORPUS, a
 * folder of selftests/fuzz/corpus, each in a process of its own. An input that
 * once found a bug is a test from then on when it lies there.
 * "PROGRAM FILE..." runs these inputs, in one process: for the debugger.
 */
#include "fuzz.h"

#include <dirent.h>
#include <limits.h>

#define MAX_FILE	65536
/* What an empty folder, or the wrong one, does not have. */
#define FEWEST		50

static void replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data, *exact;
	size_t size;

	ASSERT(file);
	data = malloc(MAX_FILE);
	ASSERT(data);
	size = fread(data, 1, MAX_FILE, file);
	ASSERT(!ferror(file) && size < MAX_FILE);
	fclose(file);
	/* Exactly its size, for the sanitizer to see the end of it. */
	exact = malloc(size + !size);
	ASSERT(exact);
	memcpy(exact, data, size);
	free(data);
	ASSERT_EQ(LLVMFuzzerTestOneInput(exact, size), 0);
	free(exact);
}

static int replay_in_child(const char *path)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		replay(path);
		/* exit(), not _exit(): leaks are looked for. */
		exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

TEST(each_kept_input_replays_clean)
{
	const char *top = getenv("top_srcdir");
	unsigned int files = 0, failed = 0;
	char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/selftests/fuzz/corpus/%s",
		 top ? top : ".", FUZZ_CORPUS);
	dir = opendir(folder);
	ASSERT(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		files++;
		if (!replay_in_child(path))
			continue;
		ktap_note("fails: %s", path);
		failed++;
	}
	closedir(dir);
	ktap_note("%u inputs", files);
	ASSERT_GE(files, FEWEST);
	ASSERT_EQ(failed, 0);
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 2)
		return ktap_main(argc, argv);
	for (i = 1; i < argc; i++)
		replay(argv[i]);
	return 0;
}
