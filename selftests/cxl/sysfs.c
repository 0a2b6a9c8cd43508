// SPDX-License-Identifier: GPL-2.0-only
/* /sys/class/cxl: where things are, what the files say, what they refuse. */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/stat.h>

#include "cxl.h"

#define SYS "/sys/class/cxl/"
#define ERR_LEN 8192

static void check_format(const char *path)
{
	const char *text = attr_read(path);
	size_t n = strlen(text);

	if (n < 2 || text[n - 1] != '\n' || text[n - 2] == '\n')
		FAIL("%s: not one value and one newline: \"%s\"", path, text);
}

static mode_t file_mode(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		FAIL("%s: %s", path, strerror(errno));
	return st.st_mode & 07777;
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* --- the tree */

TEST(afus_are_children_of_their_card_in_the_same_class)
{
	static const char * const dir[] = {
		"card0/afu0.0", "card0/afu0.0/afu0.0m", "card0/afu0.0/afu0.0s",
		"card1/afu1.0", "card1/afu1.0/afu1.0d",
	};
	char path[128], real[4096];
	unsigned int i;

	for (i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), SYS "%s", dir[i]);
		ASSERT_EQ(file_mode(path) & 0555, 0555);
		snprintf(path, sizeof(path), SYS "%s/subsystem", dir[i]);
		ASSERT(realpath(path, real));
		ASSERT_STREQ(real, "/sys/class/cxl");
	}
}

TEST(every_device_is_listed_in_the_class)
{
	ASSERT(exists(SYS "card0") && exists(SYS "card1"));
	ASSERT(exists(SYS "afu0.0") && exists(SYS "afu1.0"));
	ASSERT(exists(SYS "afu0.0m") && exists(SYS "afu0.0s"));
	ASSERT(exists(SYS "afu1.0d"));
	ASSERT(!exists(SYS "afu0.0d") && !exists(SYS "afu1.0m"));
}

TEST(device_links_lead_from_a_node_to_the_card)
{
	char a[4096], b[4096];

	ASSERT(realpath(SYS "afu0.0s/device", a) && realpath(SYS "afu0.0", b));
	ASSERT_STREQ(a, b);
	ASSERT(realpath(SYS "afu0.0s/device/device", a) && realpath(SYS "card0", b));
	ASSERT_STREQ(a, b);
	ASSERT(exists(SYS "card0/device"));
}

TEST(the_dev_files_name_the_nodes)
{
	static const char name[] = "msd";
	static const char * const node[] = { "afu0.0m", "afu0.0s", "afu1.0d" };
	char path[128], text[32];
	struct stat st;
	int i;

	for (i = 0; name[i]; i++) {
		snprintf(path, sizeof(path), "/dev/cxl/%s", node[i]);
		ASSERT_EQ(stat(path, &st), 0);
		ASSERT(S_ISCHR(st.st_mode));
		snprintf(text, sizeof(text), "%u:%u\n",
			 (unsigned int)(st.st_rdev >> 8 & 0xfff),
			 (unsigned int)(st.st_rdev & 0xff));
		snprintf(path, sizeof(path), SYS "%s/dev", node[i]);
		ASSERT_STREQ(attr_read(path), text);
	}
}

TEST(the_region_has_a_name_of_its_own)
{
	const char *text = attr_read("/proc/devices");

	ASSERT(strstr(text, " softaccel-capi\n"));
}

TEST(every_file_has_one_value_and_one_newline)
{
	static const char * const file[] = {
		"card0/caia_version", "card0/psl_revision", "card0/base_image",
		"card0/image_loaded", "card0/psl_timebase_synced",
		"card0/tunneled_ops_supported", "card0/load_image_on_perst",
		"card0/perst_reloads_same_image", "afu0.0/mmio_size",
		"afu0.0/irqs_min", "afu0.0/irqs_max", "afu0.0/modes_supported",
		"afu0.0/mode", "afu0.0/prefault_mode", "afu0.0/api_version",
		"afu0.0/api_version_compatible", "afu0.0m/mmio_size",
		"afu0.0m/pp_mmio_off", "afu0.0m/pp_mmio_len", "afu0.0m/dev",
		"afu0.0s/dev", "afu0.0/cr0/vendor", "afu0.0/cr0/device",
		"afu0.0/cr0/class",
	};
	char path[128];
	unsigned int i;

	for (i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		snprintf(path, sizeof(path), SYS "%s", file[i]);
		check_format(path);
	}
}

/* --- card */

TEST(a_card_says_what_it_is)
{
	ASSERT_STREQ(attr_read(SYS "card0/caia_version"), "1.0\n");
	ASSERT_STREQ(attr_read(SYS "card0/image_loaded"), "user\n");
	ASSERT_STREQ(attr_read(SYS "card0/psl_timebase_synced"), "1\n");
	ASSERT_STREQ(attr_read(SYS "card0/tunneled_ops_supported"), "0\n");
}

TEST(files_have_the_modes_of_the_abi)
{
	ASSERT_EQ(file_mode(SYS "card0/caia_version"), 0444);
	ASSERT_EQ(file_mode(SYS "card0/load_image_on_perst"), 0644);
	ASSERT_EQ(file_mode(SYS "card0/perst_reloads_same_image"), 0644);
	ASSERT_EQ(file_mode(SYS "card0/reset"), 0200);
	ASSERT_EQ(file_mode(SYS "afu0.0/mmio_size"), 0444);
	ASSERT_EQ(file_mode(SYS "afu0.0/irqs_max"), 0644);
	ASSERT_EQ(file_mode(SYS "afu0.0/mode"), 0644);
	ASSERT_EQ(file_mode(SYS "afu0.0/prefault_mode"), 0644);
	ASSERT_EQ(file_mode(SYS "afu0.0/reset"), 0200);
	ASSERT_EQ(file_mode(SYS "afu0.0m/pp_mmio_off"), 0444);
	ASSERT_EQ(file_mode(SYS "afu0.0/cr0/vendor"), 0444);
	ASSERT_EQ(file_mode(SYS "afu0.0/cr0/config"), 0400);
}

TEST(load_image_on_perst_takes_its_words_and_no_other)
{
	static const char * const word[] = { "none\n", "factory\n", "user\n" };
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(attr_write(SYS "card0/load_image_on_perst", word[i]), 0);
		ASSERT_STREQ(attr_read(SYS "card0/load_image_on_perst"), word[i]);
	}
	ASSERT_EQ(attr_write(SYS "card0/load_image_on_perst", "golden"), EINVAL);
	ASSERT_STREQ(attr_read(SYS "card0/load_image_on_perst"), "user\n");
}

TEST(perst_reloads_same_image_takes_0_and_1)
{
	const char *file = SYS "card0/perst_reloads_same_image";

	ASSERT_EQ(attr_write(file, "2"), EINVAL);
	ASSERT_EQ(attr_write(file, "-1"), EINVAL);
	ASSERT_EQ(attr_write(file, "x"), EINVAL);
	ASSERT_EQ(attr_write(file, "1"), 0);
	ASSERT_STREQ(attr_read(file), "1\n");
	ASSERT_EQ(attr_write(SYS "card0/reset", "1"), EINVAL);
	ASSERT_EQ(attr_write(SYS "card0/reset", "-1"), EINVAL);
	ASSERT_EQ(attr_write(file, "0"), 0);
}

TEST(card_reset_takes_1_and_minus_1)
{
	ASSERT_EQ(attr_write(SYS "card0/reset", "2"), EINVAL);
	ASSERT_EQ(attr_write(SYS "card0/reset", "0"), EINVAL);
	ASSERT_EQ(attr_write(SYS "card0/reset", "x"), EINVAL);
}

TEST(card_reset_with_an_attached_context_gives_ebusy)
{
	int fd = idle_context();

	ASSERT_EQ(attr_write(SYS "card0/reset", "1"), EBUSY);
	/* And comes before what a card with the same image says. */
	ASSERT_EQ(attr_write(SYS "card0/perst_reloads_same_image", "1"), 0);
	ASSERT_EQ(attr_write(SYS "card0/reset", "1"), EBUSY);
	ASSERT_EQ(attr_write(SYS "card0/reset", "-1"), EINVAL);
	ASSERT_EQ(attr_write(SYS "card0/perst_reloads_same_image", "0"), 0);
	close(fd);
}

TEST(card_reset_replaces_the_card_under_an_open_context)
{
	int fd = open_node(SLAVE);
	uint32_t pe;

	ASSERT_EQ(attr_write(SYS "card0/load_image_on_perst", "factory"), 0);
	ASSERT_EQ(attr_write(SYS "card0/reset", "1"), 0);
	while (!ioctl(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe))
		sleep_ms(1);
	ASSERT_EQ(errno, EIO);
	force_reset(0, SLAVE);
	/* Another card: it has the settings of a new one. */
	ASSERT_STREQ(attr_read(SYS "card0/load_image_on_perst"), "user\n");
	ASSERT(exists(SYS "card0/afu0.0/afu0.0m"));
}

/* --- AFU */

TEST(the_directed_afu_says_what_it_is)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu\n", PP_SIZE);
	ASSERT_STREQ(attr_read(SYS "afu0.0/mmio_size"), text);
	ASSERT_STREQ(attr_read(SYS "afu0.0m/pp_mmio_len"), text);
	snprintf(text, sizeof(text), "%zu\n", PP_OFFSET);
	ASSERT_STREQ(attr_read(SYS "afu0.0m/pp_mmio_off"), text);
	snprintf(text, sizeof(text), "%lu\n", PS_SIZE);
	ASSERT_STREQ(attr_read(SYS "afu0.0m/mmio_size"), text);
	ASSERT_STREQ(attr_read(SYS "afu0.0/irqs_min"), "4\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/irqs_max"), "2037\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/modes_supported"), "afu_directed\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/mode"), "afu_directed\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/api_version"), "3\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/api_version_compatible"), "1\n");
}

TEST(the_dedicated_afu_says_what_it_is)
{
	ASSERT_STREQ(attr_read(SYS "afu1.0/mmio_size"), "67108864\n");
	ASSERT_STREQ(attr_read(SYS "afu1.0/irqs_min"), "0\n");
	ASSERT_STREQ(attr_read(SYS "afu1.0/modes_supported"), "dedicated_process\n");
	ASSERT_STREQ(attr_read(SYS "afu1.0/mode"), "dedicated_process\n");
}

TEST(a_configuration_record_starts_like_pci)
{
	uint8_t config[512];
	int fd = open(SYS "afu0.0/cr0/config", O_RDONLY);
	struct stat st;

	ASSERT_STREQ(attr_read(SYS "afu0.0/cr0/vendor"), "0x1014\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/cr0/device"), "0xcafe\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/cr0/class"), "0x120000\n");
	ASSERT_EQ(fstat(fd, &st), 0);
	ASSERT_EQ(st.st_size, 256);
	ASSERT_EQ(pread(fd, config, sizeof(config), 0), 256);
	ASSERT_EQ(config[0] | config[1] << 8, 0x1014);
	ASSERT_EQ(config[2] | config[3] << 8, 0xcafe);
	ASSERT_EQ(config[11], 0x12);
	ASSERT_EQ(pread(fd, config, 5, 254), 2);
	ASSERT_EQ(pread(fd, config, 1, 256), 0);
}

TEST(an_afu_has_an_error_buffer_or_no_file)
{
	struct stat st;

	ASSERT_EQ(stat(SYS "afu0.0/afu_err_buff", &st), 0);
	ASSERT_EQ(st.st_size, ERR_LEN);
	ASSERT_EQ(st.st_mode & 07777, 0444);
	ASSERT(!exists(SYS "afu1.0/afu_err_buff"));
}

/* An error in the first 16 bytes: what it was, and where. */
static uint8_t *make_error(void)
{
	struct queue q;
	int fd = queue_context(&q);

	ASSERT_EQ(run(&q, OP_COPY, NULL, NULL, 8), ADDRESS_ERROR);
	close(fd);
	return (uint8_t *)q.e;
}

TEST(the_error_buffer_shows_the_error_registers)
{
	uint8_t *queue = make_error();
	int fd = open(SYS "afu0.0/afu_err_buff", O_RDONLY);
	uint64_t regs[2];

	ASSERT_EQ(pread(fd, regs, sizeof(regs), 0), sizeof(regs));
	ASSERT_EQ(be64toh(regs[0]), ADDRESS_ERROR);
	ASSERT_EQ(be64toh(regs[1]), (uintptr_t)queue);
	ASSERT_EQ(attr_write(SYS "afu0.0/reset", "1"), 0);
	ASSERT_EQ(pread(fd, regs, sizeof(regs), 0), sizeof(regs));
	ASSERT_EQ(regs[0] | regs[1], 0);
}

TEST(the_error_buffer_is_read_at_any_offset)
{
	int fd, at, len;
	uint8_t all[64], part[64];

	make_error();
	fd = open(SYS "afu0.0/afu_err_buff", O_RDONLY);
	ASSERT_EQ(pread(fd, all, sizeof(all), 0), sizeof(all));
	ASSERT(all[7] && !all[16]);
	for (at = 0; at < 24; at++)
		for (len = 1; len < 24; len++) {
			memset(part, 0x55, sizeof(part));
			ASSERT_EQ(pread(fd, part, len, at), len);
			ASSERT_EQ(memcmp(part, all + at, len), 0);
			ASSERT_EQ(part[len], 0x55);
		}
}

TEST(the_error_buffer_gives_a_page_at_most_and_less_unaligned)
{
	int fd = open(SYS "afu0.0/afu_err_buff", O_RDONLY);
	static uint8_t buf[2 * ERR_LEN];
	size_t page = ERR_LEN;

	if (page > PAGE)
		page = PAGE;
	ASSERT_EQ(pread(fd, buf, sizeof(buf), 0), page);
	ASSERT_EQ(pread(fd, buf, sizeof(buf), ERR_LEN - 5), 5);
	ASSERT_EQ(pread(fd, buf, sizeof(buf), ERR_LEN), 0);
	ASSERT_EQ(pread(fd, buf, sizeof(buf), ERR_LEN + 1), 0);
	if (page == ERR_LEN)
		return;
	ASSERT_EQ(pread(fd, buf, sizeof(buf), 1), page - 1);
	ASSERT_EQ(pread(fd, buf, page, 15), page - 7);
	ASSERT_EQ(pread(fd, buf, page - 7, 15), page - 7);
	ASSERT_EQ(pread(fd, buf, page - 8, 15), page - 8);
	ASSERT_EQ(pread(fd, buf, page, 8), page);
}

TEST(prefault_mode_takes_its_words_and_no_other)
{
	static const char * const word[] = {
		"work_element_descriptor\n", "all\n", "none\n",
	};
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(attr_write(SYS "afu0.0/prefault_mode", word[i]), 0);
		ASSERT_STREQ(attr_read(SYS "afu0.0/prefault_mode"), word[i]);
	}
	ASSERT_EQ(attr_write(SYS "afu0.0/prefault_mode", "some"), EINVAL);
}

TEST(prefault_mode_does_not_make_a_bad_work_element_fail)
{
	ASSERT_EQ(attr_write(SYS "afu1.0/prefault_mode", "work_element_descriptor"), 0);
	ASSERT_EQ(start(open_node(DEDICATED), 0xfff0), 0);
	ASSERT_EQ(attr_write(SYS "afu1.0/prefault_mode", "none"), 0);
}

TEST(irqs_max_takes_numbers_from_irqs_min_to_the_pool)
{
	const char *file = SYS "afu0.0/irqs_max";

	ASSERT_EQ(attr_write(file, "3"), EINVAL);
	ASSERT_EQ(attr_write(file, "-1"), EINVAL);
	ASSERT_EQ(attr_write(file, "2038"), EINVAL);
	ASSERT_EQ(attr_write(file, "many"), EINVAL);
	ASSERT_STREQ(attr_read(file), "2037\n");
	ASSERT_EQ(attr_write(file, "4"), 0);
	ASSERT_STREQ(attr_read(file), "4\n");
	ASSERT_EQ(attr_write(file, "0x10"), 0);
	ASSERT_STREQ(attr_read(file), "16\n");
	ASSERT_EQ(attr_write(file, "010"), 0);
	ASSERT_STREQ(attr_read(file), "8\n");
	ASSERT_EQ(attr_write(file, "2037 or so"), 0);
	ASSERT_STREQ(attr_read(file), "2037\n");
}

/* --- mode and reset */

TEST(mode_with_an_open_context_gives_ebusy_even_for_garbage)
{
	int fd = open_node(SLAVE);

	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "afu_directed"), EBUSY);
	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "garbage"), EBUSY);
	close(fd);
	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "garbage"), EINVAL);
	ASSERT_STREQ(attr_read(SYS "afu0.0/mode"), "afu_directed\n");
}

TEST(a_mode_that_is_not_supported_leaves_none)
{
	ASSERT_EQ(attr_write(SYS "afu1.0/mode", "afu_directed"), EINVAL);
	ASSERT_STREQ(attr_read(SYS "afu1.0/mode"), "none\n");
	ASSERT(!exists(SYS "afu1.0d") && !exists(DEDICATED));
	ASSERT_EQ(attr_write(SYS "afu1.0/mode", "dedicated_process"), 0);
	ASSERT(exists(SYS "afu1.0/afu1.0d") && exists(DEDICATED));
}

TEST(writing_the_current_mode_makes_the_nodes_anew)
{
	struct stat before, after;

	ASSERT_EQ(stat(SYS "afu0.0/afu0.0m", &before), 0);
	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "afu_directed\n"), 0);
	ASSERT_EQ(stat(SYS "afu0.0/afu0.0m", &after), 0);
	ASSERT_NE(before.st_ino, after.st_ino);
	open_node(SLAVE);
}

TEST(afu_reset_with_an_open_context_gives_ebusy)
{
	int fd = open_node(SLAVE);

	ASSERT_EQ(attr_write(SYS "afu0.0/reset", "1"), EBUSY);
	close(fd);
	ASSERT_EQ(attr_write(SYS "afu0.0/reset", "anything"), 0);
}

TEST(afu_reset_puts_the_registers_of_the_slice_back)
{
	int fd = open_node(MASTER);
	volatile uint8_t *m;

	ASSERT_EQ(start(fd, 0), 0);
	m = map(fd, PS_SIZE);
	write64(m, REG_TRACE, 99);
	munmap((void *)m, PS_SIZE);
	close(fd);
	ASSERT_EQ(attr_write(SYS "afu0.0/reset", "1"), 0);
	fd = open_node(MASTER);
	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_EQ(read64(map(fd, PS_SIZE), REG_TRACE), 0);
}

TEST(the_error_buffer_of_the_test_afu_counts_up)
{
	int fd = open(SYS "afu2.0/afu_err_buff", O_RDONLY);
	uint8_t buf[300];
	size_t i;

	ASSERT_EQ(pread(fd, buf, sizeof(buf), 248), sizeof(buf));
	for (i = 0; i < sizeof(buf); i++)
		ASSERT_EQ(buf[i], (uint8_t)(248 + i));
	close(fd);
}

KTAP_MAIN()
