// SPDX-License-Identifier: GPL-2.0-only
/* Enumeration, open and close: capi-abi.md 8.1. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <ktap.h>

#include "mock-cxl.h"

TEST(enumeration_finds_every_card_and_ends_with_errno_0)
{
	struct cxl_adapter_h *adapter;
	int seen[2] = { 0, 0 };

	mock_init();
	cxl_for_each_adapter(adapter) {
		ASSERT(!strcmp(cxl_adapter_dev_name(adapter), "card0") ||
		       !strcmp(cxl_adapter_dev_name(adapter), "card1"));
		seen[cxl_adapter_dev_name(adapter)[4] - '0']++;
	}
	ASSERT_EQ(errno, 0);
	ASSERT_EQ(seen[0], 1);
	ASSERT_EQ(seen[1], 1);
}

TEST(a_step_returns_the_same_handle)
{
	struct cxl_adapter_h *first, *second;

	mock_init();
	first = cxl_adapter_next(NULL);
	ASSERT(first);
	second = cxl_adapter_next(first);
	ASSERT(second == first);
	cxl_adapter_free(second);
}

TEST(other_names_in_the_class_directory_are_passed_over)
{
	struct cxl_adapter_h *adapter;
	struct cxl_afu_h *afu;
	int n = 0;

	mock_init();
	mock_mkdir("class/card");
	mock_mkdir("class/card0x");
	mock_mkdir("class/card01");
	mock_mkdir("class/card99999999999999999999");
	mock_mkdir("class/card0/power");
	mock_mkdir("class/card0/afu0");
	mock_mkdir("class/card0/afu0.x");
	cxl_for_each_adapter(adapter)
		n++;
	ASSERT_EQ(n, 2);
	n = 0;
	cxl_for_each_afu(afu)
		n++;
	ASSERT_EQ(n, 2);
}

TEST(afus_of_one_card)
{
	struct cxl_adapter_h *adapter;
	struct cxl_afu_h *afu;
	int n = 0;

	mock_init();
	mock_mkdir("class/card0/afu0.1");
	cxl_for_each_adapter(adapter) {
		if (strcmp(cxl_adapter_dev_name(adapter), "card0"))
			continue;
		cxl_for_each_adapter_afu(adapter, afu) {
			ASSERT(!strncmp(cxl_afu_dev_name(afu), "afu0.", 5));
			n++;
		}
		ASSERT_EQ(errno, 0);
	}
	ASSERT_EQ(n, 2);
}

TEST(afus_of_all_cards_end_with_errno_0)
{
	struct cxl_afu_h *afu;
	int n = 0;

	mock_init();
	cxl_for_each_afu(afu) {
		ASSERT_EQ(cxl_afu_opened(afu), 0);
		n++;
	}
	ASSERT_EQ(errno, 0);
	ASSERT_EQ(n, 2);
}

TEST(a_loop_may_be_left_early)
{
	struct cxl_afu_h *afu = NULL;

	mock_init();
	afu = cxl_afu_next(NULL);
	ASSERT(afu);
	cxl_afu_free(afu);
}

TEST(no_class_directory_is_ENODEV)
{
	char from[256], to[256];

	mock_init();
	snprintf(from, sizeof(from), "%s", mock_path("class"));
	snprintf(to, sizeof(to), "%s", mock_path("elsewhere"));
	ASSERT(!rename(from, to));
	errno = 0;
	ASSERT(!cxl_adapter_next(NULL));
	ASSERT_EQ(errno, ENODEV);
	errno = 0;
	ASSERT(!cxl_afu_next(NULL));
	ASSERT_EQ(errno, ENODEV);
}

TEST(enumeration_without_a_handle_is_EINVAL)
{
	mock_init();
	errno = 0;
	ASSERT(!cxl_adapter_afu_next(NULL, NULL));
	ASSERT_EQ(errno, EINVAL);
	errno = 0;
	ASSERT(!cxl_adapter_dev_name(NULL));
	ASSERT_EQ(errno, EINVAL);
	errno = 0;
	ASSERT(!cxl_afu_dev_name(NULL));
	ASSERT_EQ(errno, EINVAL);
	cxl_adapter_free(NULL);
	cxl_afu_free(NULL);
}

TEST(an_open_handle_cannot_be_stepped)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	errno = 0;
	ASSERT(!cxl_afu_next(afu));
	ASSERT_EQ(errno, EINVAL);
	errno = 0;
	ASSERT(!cxl_adapter_afu_next(NULL, afu));
	ASSERT_EQ(errno, EINVAL);
	ASSERT_EQ(cxl_afu_opened(afu), 1);
	cxl_afu_free(afu);
}

TEST(open_dev_opens_each_node_under_its_name)
{
	static const char *const names[] = { "afu0.0m", "afu0.0s", "afu1.0d" };
	struct cxl_afu_h *afu;
	size_t i;

	mock_init();
	for (i = 0; i < 3; i++) {
		afu = mock_open(names[i]);
		ASSERT_STREQ(cxl_afu_dev_name(afu), names[i]);
		ASSERT_EQ(cxl_afu_opened(afu), 1);
		ASSERT_GE(cxl_afu_fd(afu), 0);
		ASSERT(fcntl(cxl_afu_fd(afu), F_GETFD) & FD_CLOEXEC);
		ASSERT_EQ(fcntl(cxl_afu_fd(afu), F_GETFL) & O_ACCMODE, O_RDWR);
		cxl_afu_free(afu);
	}
	ASSERT_EQ(mock.node_opens, 3);
	ASSERT_EQ(mock.node_closes, 3);
}

TEST(open_dev_follows_links_from_anywhere)
{
	struct cxl_afu_h *afu;

	mock_init();
	mock_link("my-afu", "dev/afu0.0s");
	afu = cxl_afu_open_dev(mock_path("my-afu"));
	ASSERT(afu);
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0s");
	cxl_afu_free(afu);
}

static void open_fails(const char *path, int err)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", path);
	errno = 0;
	ASSERT(!cxl_afu_open_dev(copy));
	ASSERT_EQ(errno, err);
	ASSERT_EQ(mock.node_opens, mock.node_closes);
}

TEST(open_dev_hands_on_the_errno_of_open)
{
	static const int errors[] = { EACCES, ENOSPC, EIO, ENODEV, ENOMEM };
	size_t i;

	mock_init();
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		mock.open_errno = errors[i];
		open_fails(mock_path("dev/afu0.0s"), errors[i]);
	}
	mock.open_errno = 0;
	open_fails(mock_path("dev/afu7.0s"), ENOENT);
}

TEST(open_dev_of_what_is_no_AFU_is_ENODEV)
{
	mock_init();
	open_fails("/dev/null", ENODEV);
	mock_write("plain", "");
	open_fails(mock_path("plain"), ENODEV);
}

TEST(open_dev_without_a_path_is_EINVAL)
{
	errno = 0;
	ASSERT(!cxl_afu_open_dev(NULL));
	ASSERT_EQ(errno, EINVAL);
}

TEST(a_newer_incompatible_kernel_interface_is_EPROTO)
{
	mock_init();
	mock_write("class/afu0.0/api_version_compatible", "2\n");
	open_fails(mock_path("dev/afu0.0s"), EPROTO);
}

TEST(a_dead_card_is_EIO)
{
	mock_init();
	mock.afu_id_errno = EIO;
	open_fails(mock_path("dev/afu0.0s"), EIO);
}

TEST(kernels_without_GET_AFU_ID_are_asked_by_device_number)
{
	struct cxl_afu_h *afu;

	mock_init();
	mock.afu_id_errno = EINVAL;
	open_fails(mock_path("dev/afu0.0s"), ENODEV);
	mock_link("char/240:100", "../../devices/cxl/card0/afu0.0/afu0.0s");
	afu = mock_open("afu0.0s");
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0s");
	cxl_afu_free(afu);
	mock_remove("char/240:100");
	mock_link("char/240:100", "../../devices/virtual/misc/afuzz");
	open_fails(mock_path("dev/afu0.0s"), ENODEV);
}

TEST(open_h_opens_a_sibling_of_an_enumerated_AFU)
{
	struct cxl_afu_h *afu, *opened;

	mock_init();
	cxl_for_each_afu(afu)
		if (!strcmp(cxl_afu_dev_name(afu), "afu0.0"))
			break;
	ASSERT(afu);
	opened = cxl_afu_open_h(afu, CXL_VIEW_MASTER);
	ASSERT(opened && opened != afu);
	ASSERT_STREQ(cxl_afu_dev_name(opened), "afu0.0m");
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0");
	ASSERT_EQ(cxl_afu_opened(afu), 0);
	cxl_afu_free(afu);
	afu = cxl_afu_open_h(opened, CXL_VIEW_SLAVE);
	ASSERT(afu);
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0s");
	cxl_afu_free(afu);
	cxl_afu_free(opened);
}

TEST(open_h_of_a_view_that_the_mode_lacks_is_ENODEV)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, CXL_VIEW_DEDICATED));
	ASSERT_EQ(errno, ENODEV);
	cxl_afu_free(afu);
	afu = mock_open("afu1.0d");
	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, CXL_VIEW_MASTER));
	ASSERT_EQ(errno, ENODEV);
	mock.open_errno = ENOSPC;
	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, CXL_VIEW_DEDICATED));
	ASSERT_EQ(errno, ENOSPC);
	cxl_afu_free(afu);
}

TEST(open_h_of_no_handle_or_no_view_is_EINVAL)
{
	struct cxl_afu_h *afu;

	mock_init();
	errno = 0;
	ASSERT(!cxl_afu_open_h(NULL, CXL_VIEW_SLAVE));
	ASSERT_EQ(errno, EINVAL);
	afu = mock_open("afu0.0s");
	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, (enum cxl_views)3));
	ASSERT_EQ(errno, EINVAL);
	cxl_afu_free(afu);
}

TEST(fd_to_h_owns_the_descriptor_only_on_success)
{
	struct cxl_afu_h *afu;
	int fd;

	mock_init();
	fd = open(mock_path("dev/afu0.0m"), O_RDWR);
	ASSERT_GE(fd, 0);
	mock.afu_id_errno = EINVAL;
	errno = 0;
	ASSERT(!cxl_afu_fd_to_h(fd));
	ASSERT_EQ(errno, ENODEV);
	ASSERT_EQ(mock.node_closes, 0);
	mock.afu_id_errno = 0;
	afu = cxl_afu_fd_to_h(fd);
	ASSERT(afu);
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0m");
	ASSERT_EQ(cxl_afu_fd(afu), fd);
	cxl_afu_free(afu);
	ASSERT_EQ(mock.node_closes, 1);
}

TEST(fd_to_h_of_a_bad_descriptor_is_EBADF_and_of_another_file_ENODEV)
{
	int fd;

	mock_init();
	errno = 0;
	ASSERT(!cxl_afu_fd_to_h(-1));
	ASSERT_EQ(errno, EBADF);
	fd = memfd_create("not an AFU", 0);
	ASSERT_GE(fd, 0);
	errno = 0;
	ASSERT(!cxl_afu_fd_to_h(fd));
	ASSERT_EQ(errno, ENODEV);
	close(fd);
}

TEST(opened_and_fd_say_what_a_handle_is)
{
	struct cxl_afu_h *afu;

	mock_init();
	ASSERT_ERRNO(cxl_afu_opened(NULL), EINVAL);
	ASSERT_ERRNO(cxl_afu_fd(NULL), EINVAL);
	afu = cxl_afu_next(NULL);
	ASSERT_EQ(cxl_afu_opened(afu), 0);
	ASSERT_ERRNO(cxl_afu_fd(afu), EINVAL);
	cxl_afu_free(afu);
}

TEST(free_unmaps_before_it_closes)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_attached("afu0.0s");
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN));
	cxl_afu_free(afu);
	ASSERT_EQ(mock.unmaps, 1);
	ASSERT_EQ(mock.node_closes, 1);
}

KTAP_MAIN()
