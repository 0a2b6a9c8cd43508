// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of cards and AFUs: capi-abi.md 8.5. */
#include <stdlib.h>

#include <ktap.h>

#include "mock-cxl.h"

static struct cxl_adapter_h *card0(void)
{
	struct cxl_adapter_h *adapter;

	cxl_for_each_adapter(adapter)
		if (!strcmp(cxl_adapter_dev_name(adapter), "card0"))
			break;
	ASSERT(adapter);
	return adapter;
}

TEST(card_numbers)
{
	struct cxl_adapter_h *adapter;
	long major, minor, value;

	mock_init();
	adapter = card0();
	ASSERT(!cxl_get_base_image(adapter, &value));
	ASSERT_EQ(value, 2);
	ASSERT(!cxl_get_psl_revision(adapter, &value));
	ASSERT_EQ(value, 9);
	ASSERT(!cxl_get_psl_timebase_synced(adapter, &value));
	ASSERT_EQ(value, 1);
	ASSERT(!cxl_get_tunneled_ops_supported(adapter, &value));
	ASSERT_EQ(value, 0);
	ASSERT(!cxl_get_caia_version(adapter, &major, &minor));
	ASSERT_EQ(major, 1);
	ASSERT_EQ(minor, 0);
	cxl_adapter_free(adapter);
}

/* The value is an enum, and no byte behind it is written. */
TEST(image_loaded_writes_an_enum_and_no_more)
{
	struct {
		enum cxl_image image;
		unsigned char behind[8];
	} s;
	struct cxl_adapter_h *adapter;
	size_t i;

	mock_init();
	adapter = card0();
	memset(&s, 0xa5, sizeof(s));
	ASSERT(!cxl_get_image_loaded(adapter, &s.image));
	ASSERT_EQ(s.image, CXL_IMAGE_USER);
	for (i = 0; i < sizeof(s.behind); i++)
		ASSERT_EQ(s.behind[i], 0xa5);
	mock_write("class/card0/image_loaded", "factory\n");
	ASSERT(!cxl_get_image_loaded(adapter, &s.image));
	ASSERT_EQ(s.image, CXL_IMAGE_FACTORY);
	mock_write("class/card0/image_loaded", "user2\n");
	ASSERT_ERRNO(cxl_get_image_loaded(adapter, &s.image), EBADMSG);
	cxl_adapter_free(adapter);
}

TEST(card_getters_refuse_NULL)
{
	struct cxl_adapter_h *adapter;
	enum cxl_image image;
	long v;

	mock_init();
	adapter = card0();
	ASSERT_ERRNO(cxl_get_base_image(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_base_image(adapter, NULL), EINVAL);
	ASSERT_ERRNO(cxl_get_psl_revision(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_psl_timebase_synced(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_tunneled_ops_supported(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_image_loaded(NULL, &image), EINVAL);
	ASSERT_ERRNO(cxl_get_image_loaded(adapter, NULL), EINVAL);
	ASSERT_ERRNO(cxl_get_caia_version(NULL, &v, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_caia_version(adapter, NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_caia_version(adapter, &v, NULL), EINVAL);
	cxl_adapter_free(adapter);
}

TEST(a_missing_attribute_is_ENODEV)
{
	struct cxl_adapter_h *adapter;
	struct cxl_afu_h *afu;
	long value = 5;

	mock_init();
	adapter = card0();
	mock_remove("class/card0/base_image");
	ASSERT_ERRNO(cxl_get_base_image(adapter, &value), ENODEV);
	ASSERT_EQ(value, 5);
	cxl_adapter_free(adapter);
	afu = mock_open("afu0.0s");
	mock_remove("class/afu0.0/irqs_min");
	ASSERT_ERRNO(cxl_get_irqs_min(afu, &value), ENODEV);
	cxl_afu_free(afu);
}

/* PCI devices have a file of this name, where the search ends. */
TEST(a_file_named_device_ends_the_search_with_ENODEV)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	mock_write("pci0/device", "0x0477\n");
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_get_pp_mmio_len(afu, &value), ENODEV);
	cxl_afu_free(afu);
}

TEST(afu_numbers)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_get_api_version(afu, &value));
	ASSERT_EQ(value, 3);
	ASSERT(!cxl_get_api_version_compatible(afu, &value));
	ASSERT_EQ(value, 1);
	ASSERT(!cxl_get_irqs_max(afu, &value));
	ASSERT_EQ(value, 2037);
	ASSERT(!cxl_get_irqs_min(afu, &value));
	ASSERT_EQ(value, 4);
	ASSERT(!cxl_get_mmio_size(afu, &value));
	ASSERT_EQ(value, 8192);
	cxl_afu_free(afu);
}

TEST(the_master_has_its_own_size_and_the_per_process_area)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	afu = mock_open("afu0.0m");
	ASSERT(!cxl_get_mmio_size(afu, &value));
	ASSERT_EQ(value, 16384);
	ASSERT(!cxl_get_pp_mmio_off(afu, &value));
	ASSERT_EQ(value, 4096);
	ASSERT(!cxl_get_pp_mmio_len(afu, &value));
	ASSERT_EQ(value, 8192);
	cxl_afu_free(afu);
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_get_pp_mmio_off(afu, &value), ENODEV);
	ASSERT_ERRNO(cxl_get_pp_mmio_len(afu, &value), ENODEV);
	cxl_afu_free(afu);
}

TEST(configuration_records_are_hexadecimal)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_get_cr_vendor(afu, 0, &value));
	ASSERT_EQ(value, 0x1014);
	ASSERT(!cxl_get_cr_device(afu, 0, &value));
	ASSERT_EQ(value, 0x602);
	ASSERT(!cxl_get_cr_class(afu, 0, &value));
	ASSERT_EQ(value, 0x120000);
	ASSERT_ERRNO(cxl_get_cr_vendor(afu, 1, &value), ENODEV);
	ASSERT_ERRNO(cxl_get_cr_vendor(afu, -1, &value), EINVAL);
	cxl_afu_free(afu);
}

TEST(numbers_that_are_none_are_EBADMSG)
{
	static const char *const bad[] = {
		"\n", "", "x\n", "12x\n", "1 2\n", "99999999999999999999\n"
	};
	struct cxl_afu_h *afu;
	long value = 5;
	size_t i;

	mock_init();
	afu = mock_open("afu0.0s");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		mock_write("class/afu0.0/irqs_max", bad[i]);
		ASSERT_ERRNO(cxl_get_irqs_max(afu, &value), EBADMSG);
	}
	ASSERT_EQ(value, 5);
	cxl_afu_free(afu);
}

TEST(versions_that_are_none_are_EBADMSG)
{
	static const char *const bad[] = { "1\n", "1.\n", ".1\n", "1.x\n", "\n" };
	struct cxl_adapter_h *adapter;
	long major, minor;
	size_t i;

	mock_init();
	adapter = card0();
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		mock_write("class/card0/caia_version", bad[i]);
		ASSERT_ERRNO(cxl_get_caia_version(adapter, &major, &minor),
			     EBADMSG);
	}
	cxl_adapter_free(adapter);
}

TEST(a_value_without_its_newline_is_read_whole)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	afu = mock_open("afu0.0s");
	mock_write("class/afu0.0/irqs_max", "123");
	ASSERT(!cxl_get_irqs_max(afu, &value));
	ASSERT_EQ(value, 123);
	cxl_afu_free(afu);
}

TEST(a_value_that_is_too_long_is_EOVERFLOW)
{
	struct cxl_afu_h *afu;
	char text[200];
	long value;

	mock_init();
	afu = mock_open("afu0.0s");
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	mock_write("class/afu0.0/irqs_max", text);
	ASSERT_ERRNO(cxl_get_irqs_max(afu, &value), EOVERFLOW);
	cxl_afu_free(afu);
}

TEST(mode_is_read_and_written)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_get_mode(afu, &value));
	ASSERT_EQ(value, CXL_MODE_DIRECTED);
	ASSERT(!cxl_set_mode(afu, CXL_MODE_DEDICATED));
	ASSERT_STREQ(mock_read("class/afu0.0/mode"), "dedicated_process");
	ASSERT(!cxl_get_mode(afu, &value));
	ASSERT_EQ(value, CXL_MODE_DEDICATED);
	cxl_afu_free(afu);
}

TEST(mode_none_is_ENODEV_and_an_unknown_one_EBADMSG)
{
	struct cxl_afu_h *afu;
	long value = 5;

	mock_init();
	afu = mock_open("afu0.0s");
	mock_write("class/afu0.0/mode", "none\n");
	ASSERT_ERRNO(cxl_get_mode(afu, &value), ENODEV);
	mock_write("class/afu0.0/mode", "other\n");
	ASSERT_ERRNO(cxl_get_mode(afu, &value), EBADMSG);
	ASSERT_EQ(value, 5);
	cxl_afu_free(afu);
}

TEST(set_mode_takes_the_two_modes_only)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_set_mode(afu, 0), EINVAL);
	ASSERT_ERRNO(cxl_set_mode(afu, CXL_MODE_TIME_SLICED), EINVAL);
	ASSERT_ERRNO(cxl_set_mode(afu, 3), EINVAL);
	ASSERT_ERRNO(cxl_set_mode(NULL, CXL_MODE_DIRECTED), EINVAL);
	ASSERT_STREQ(mock_read("class/afu0.0/mode"), "afu_directed\n");
	cxl_afu_free(afu);
}

TEST(modes_supported_is_the_set)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_get_modes_supported(afu, &value));
	ASSERT_EQ(value, CXL_MODE_DEDICATED | CXL_MODE_DIRECTED);
	mock_write("class/afu0.0/modes_supported", "afu_directed\n");
	ASSERT(!cxl_get_modes_supported(afu, &value));
	ASSERT_EQ(value, CXL_MODE_DIRECTED);
	mock_write("class/afu0.0/modes_supported", "");
	ASSERT(!cxl_get_modes_supported(afu, &value));
	ASSERT_EQ(value, 0);
	mock_write("class/afu0.0/modes_supported", "quantum\n");
	ASSERT_ERRNO(cxl_get_modes_supported(afu, &value), EBADMSG);
	cxl_afu_free(afu);
}

TEST(prefault_mode_is_read_and_written)
{
	struct cxl_afu_h *afu;
	enum cxl_prefault_mode mode;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_get_prefault_mode(afu, &mode));
	ASSERT_EQ(mode, CXL_PREFAULT_MODE_NONE);
	ASSERT(!cxl_set_prefault_mode(afu, CXL_PREFAULT_MODE_WED));
	ASSERT_STREQ(mock_read("class/afu0.0/prefault_mode"),
		     "work_element_descriptor");
	ASSERT(!cxl_get_prefault_mode(afu, &mode));
	ASSERT_EQ(mode, CXL_PREFAULT_MODE_WED);
	ASSERT_ERRNO(cxl_set_prefault_mode(afu, (enum cxl_prefault_mode)3),
		     EINVAL);
	ASSERT_ERRNO(cxl_set_prefault_mode(NULL, CXL_PREFAULT_MODE_ALL),
		     EINVAL);
	mock_write("class/afu0.0/prefault_mode", "some\n");
	ASSERT_ERRNO(cxl_get_prefault_mode(afu, &mode), EBADMSG);
	ASSERT_EQ(mode, CXL_PREFAULT_MODE_WED);
	cxl_afu_free(afu);
}

TEST(irqs_max_is_written_and_the_kernel_judges)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	mock_write("class/afu0.0/irqs_max", "");
	ASSERT(!cxl_set_irqs_max(afu, 37));
	ASSERT_STREQ(mock_read("class/afu0.0/irqs_max"), "37");
	ASSERT_ERRNO(cxl_set_irqs_max(NULL, 37), EINVAL);
	cxl_afu_free(afu);
}

TEST(a_setter_hands_on_the_errno_of_open)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	/* A directory cannot be opened for writing, whoever asks. */
	mock_remove("class/afu0.0/irqs_max");
	mock_mkdir("class/afu0.0/irqs_max");
	ASSERT_ERRNO(cxl_set_irqs_max(afu, 37), EISDIR);
	cxl_afu_free(afu);
}

TEST(afu_getters_refuse_NULL)
{
	enum cxl_prefault_mode mode;
	struct cxl_afu_h *afu;
	size_t size;
	char *path;
	long v;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_get_api_version(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_api_version(afu, NULL), EINVAL);
	ASSERT_ERRNO(cxl_get_api_version_compatible(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_cr_class(NULL, 0, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_cr_device(NULL, 0, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_cr_vendor(NULL, 0, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_irqs_max(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_irqs_min(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_mmio_size(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_mode(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_mode(afu, NULL), EINVAL);
	ASSERT_ERRNO(cxl_get_modes_supported(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_pp_mmio_len(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_pp_mmio_off(NULL, &v), EINVAL);
	ASSERT_ERRNO(cxl_get_prefault_mode(NULL, &mode), EINVAL);
	ASSERT_ERRNO(cxl_get_prefault_mode(afu, NULL), EINVAL);
	ASSERT_ERRNO(cxl_afu_sysfs_pci(NULL, &path), EINVAL);
	ASSERT_ERRNO(cxl_afu_sysfs_pci(afu, NULL), EINVAL);
	ASSERT_ERRNO(cxl_errinfo_size(NULL, &size), EINVAL);
	ASSERT_ERRNO(cxl_errinfo_size(afu, NULL), EINVAL);
	cxl_afu_free(afu);
}

TEST(attributes_work_on_enumeration_handles)
{
	struct cxl_afu_h *afu;
	long value;

	mock_init();
	cxl_for_each_afu(afu) {
		ASSERT(!cxl_get_irqs_min(afu, &value));
		ASSERT_EQ(value, 4);
	}
	ASSERT_EQ(errno, 0);
}

TEST(sysfs_pci_finds_the_device_above_the_card)
{
	struct cxl_afu_h *afu;
	char want[256], *path;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_afu_sysfs_pci(afu, &path));
	snprintf(want, sizeof(want), "%s/class/afu0.0s/device/device/device",
		 mock_root);
	ASSERT_STREQ(path, want);
	free(path);
	cxl_afu_free(afu);
}

TEST(sysfs_pci_without_such_a_device_is_ENOENT)
{
	struct cxl_afu_h *afu;
	char *path;

	mock_init();
	afu = mock_open("afu1.0d");
	ASSERT_ERRNO(cxl_afu_sysfs_pci(afu, &path), ENOENT);
	cxl_afu_free(afu);
	mock_remove("pci0/subsystem");
	mock_write("pci0/device", "0x0477\n");
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_afu_sysfs_pci(afu, &path), ENOENT);
	cxl_afu_free(afu);
}

TEST(the_error_buffer_has_a_size_and_is_read_from_any_offset)
{
	struct cxl_afu_h *afu;
	char buf[16];
	size_t size;

	mock_init();
	afu = mock_open("afu0.0s");
	mock_write("class/afu0.0/afu_err_buff", "0123456789");
	ASSERT(!cxl_errinfo_size(afu, &size));
	ASSERT_EQ(size, 10);
	ASSERT_EQ(cxl_errinfo_read(afu, buf, 3, 4), 4);
	ASSERT(!memcmp(buf, "3456", 4));
	ASSERT_EQ(cxl_errinfo_read(afu, buf, 8, 10), 2);
	ASSERT_EQ(cxl_errinfo_read(afu, buf, 10, 10), 0);
	ASSERT_EQ(cxl_errinfo_read(afu, buf, 0, 0), 0);
	ASSERT_ERRNO(cxl_errinfo_read(afu, buf, -1, 4), EINVAL);
	ASSERT_ERRNO(cxl_errinfo_read(afu, NULL, 0, 4), EINVAL);
	ASSERT_ERRNO(cxl_errinfo_read(NULL, buf, 0, 4), EINVAL);
	cxl_afu_free(afu);
}

TEST(no_error_buffer_is_ENODEV)
{
	struct cxl_afu_h *afu;
	char buf[16];
	size_t size;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_errinfo_size(afu, &size), ENODEV);
	ASSERT_ERRNO(cxl_errinfo_read(afu, buf, 0, 4), ENODEV);
	cxl_afu_free(afu);
}

KTAP_MAIN()
