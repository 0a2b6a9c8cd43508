// SPDX-License-Identifier: GPL-2.0-only
/* Attach and the work structure: capi-abi.md 8.2. */
#include <pthread.h>

#include <ktap.h>

#include "mock-cxl.h"

TEST(attach_sends_the_work_element_and_nothing_else)
{
	const struct cxl_ioctl_start_work want = {
		.work_element_descriptor = 0x123456789abcdef0,
	};
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_afu_attach(afu, 0x123456789abcdef0));
	ASSERT(!memcmp(&mock.started, &want, sizeof(want)));
	cxl_afu_free(afu);
}

TEST(attach_full_sets_both_flags_always)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_afu_attach_full(afu, 7, 0, 0));
	ASSERT_EQ(mock.started.flags,
		  CXL_START_WORK_AMR | CXL_START_WORK_NUM_IRQS);
	ASSERT_EQ(mock.started.work_element_descriptor, 7);
	ASSERT_EQ(mock.started.num_interrupts, 0);
	ASSERT_EQ(mock.started.amr, 0);
	cxl_afu_free(afu);
	afu = mock_open("afu0.0s");
	ASSERT(!cxl_afu_attach_full(afu, 7, 32767, 5));
	ASSERT_EQ(mock.started.num_interrupts, 32767);
	ASSERT_EQ(mock.started.amr, 5);
	cxl_afu_free(afu);
}

TEST(more_interrupts_than_fit_are_EINVAL)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_afu_attach_full(afu, 0, 32768, 0), EINVAL);
	cxl_afu_free(afu);
}

TEST(attach_work_passes_the_structure_and_returns_the_thread_id)
{
	struct cxl_ioctl_start_work *work;
	struct cxl_afu_h *afu;
	__u16 tid = 1;

	mock_init();
	afu = mock_open("afu0.0s");
	work = cxl_work_alloc();
	ASSERT(work);
	ASSERT(!cxl_work_set_wed(work, 1));
	ASSERT(!cxl_work_set_num_irqs(work, 2));
	ASSERT(!cxl_work_set_amr(work, 3));
	ASSERT(!cxl_work_enable_wait(work));
	ASSERT(!cxl_work_get_tid(work, &tid));
	ASSERT_EQ(tid, 0);
	ASSERT(!cxl_afu_attach_work(afu, work));
	ASSERT_EQ(mock.started.flags,
		  CXL_START_WORK_AMR | CXL_START_WORK_NUM_IRQS |
		  CXL_START_WORK_TID);
	ASSERT_EQ(mock.started.work_element_descriptor, 1);
	ASSERT_EQ(mock.started.num_interrupts, 2);
	ASSERT_EQ(mock.started.amr, 3);
	ASSERT(!cxl_work_get_tid(work, &tid));
	ASSERT_EQ(tid, MOCK_TID);
	ASSERT(!cxl_work_free(work));
	cxl_afu_free(afu);
}

TEST(attach_of_what_is_not_open_is_EINVAL)
{
	struct cxl_ioctl_start_work *work = cxl_work_alloc();
	struct cxl_afu_h *afu;

	mock_init();
	afu = cxl_afu_next(NULL);
	ASSERT_ERRNO(cxl_afu_attach(NULL, 0), EINVAL);
	ASSERT_ERRNO(cxl_afu_attach(afu, 0), EINVAL);
	ASSERT_ERRNO(cxl_afu_attach_full(NULL, 0, 0, 0), EINVAL);
	ASSERT_ERRNO(cxl_afu_attach_work(NULL, work), EINVAL);
	cxl_afu_free(afu);
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_afu_attach_work(afu, NULL), EINVAL);
	ASSERT_EQ(mock.starts, 0);
	cxl_afu_free(afu);
	cxl_work_free(work);
}

TEST(attach_hands_on_the_errno_of_the_kernel)
{
	static const int errors[] = { EIO, ENOSPC, ENOMEM, EBUSY, EINVAL, ENODEV };
	struct cxl_afu_h *afu;
	size_t i;

	mock_init();
	afu = mock_open("afu0.0s");
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		mock.start_errno = errors[i];
		ASSERT_ERRNO(cxl_afu_attach(afu, 0), errors[i]);
	}
	mock.start_errno = 0;
	ASSERT(!cxl_afu_attach(afu, 0));
	ASSERT_ERRNO(cxl_afu_attach(afu, 0), EIO);
	cxl_afu_free(afu);
}

TEST(new_work_is_zero)
{
	struct cxl_ioctl_start_work zero, *work = cxl_work_alloc();

	memset(&zero, 0, sizeof(zero));
	ASSERT(work);
	ASSERT(!memcmp(work, &zero, sizeof(zero)));
	cxl_work_free(work);
}

TEST(setting_an_optional_field_sets_and_clears_its_flag)
{
	struct cxl_ioctl_start_work *work = cxl_work_alloc();
	__u64 v64;
	__s16 v16;

	ASSERT(!cxl_work_set_amr(work, 9));
	ASSERT_EQ(work->flags, CXL_START_WORK_AMR);
	ASSERT(!cxl_work_get_amr(work, &v64));
	ASSERT_EQ(v64, 9);
	ASSERT(!cxl_work_set_amr(work, 0));
	ASSERT_EQ(work->flags, 0);

	ASSERT(!cxl_work_set_num_irqs(work, 0));
	ASSERT_EQ(work->flags, CXL_START_WORK_NUM_IRQS);
	ASSERT(!cxl_work_set_num_irqs(work, -1));
	ASSERT_EQ(work->flags, 0);
	ASSERT(!cxl_work_get_num_irqs(work, &v16));
	ASSERT_EQ(v16, -1);

	ASSERT(!cxl_work_enable_wait(work));
	ASSERT_EQ(work->flags, CXL_START_WORK_TID);
	ASSERT(!cxl_work_disable_wait(work));
	ASSERT_EQ(work->flags, 0);

	ASSERT(!cxl_work_set_wed(work, 77));
	ASSERT_EQ(work->flags, 0);
	ASSERT(!cxl_work_get_wed(work, &v64));
	ASSERT_EQ(v64, 77);
	cxl_work_free(work);
}

TEST(work_functions_refuse_NULL)
{
	struct cxl_ioctl_start_work work;
	__u64 v64;
	__s16 v16;
	__u16 tid;

	memset(&work, 0, sizeof(work));
	ASSERT_ERRNO(cxl_work_free(NULL), EINVAL);
	ASSERT_ERRNO(cxl_work_get_amr(NULL, &v64), EINVAL);
	ASSERT_ERRNO(cxl_work_get_amr(&work, NULL), EINVAL);
	ASSERT_ERRNO(cxl_work_get_num_irqs(NULL, &v16), EINVAL);
	ASSERT_ERRNO(cxl_work_get_num_irqs(&work, NULL), EINVAL);
	ASSERT_ERRNO(cxl_work_get_wed(NULL, &v64), EINVAL);
	ASSERT_ERRNO(cxl_work_get_wed(&work, NULL), EINVAL);
	ASSERT_ERRNO(cxl_work_get_tid(NULL, &tid), EINVAL);
	ASSERT_ERRNO(cxl_work_get_tid(&work, NULL), EINVAL);
	ASSERT_ERRNO(cxl_work_set_amr(NULL, 0), EINVAL);
	ASSERT_ERRNO(cxl_work_set_num_irqs(NULL, 0), EINVAL);
	ASSERT_ERRNO(cxl_work_set_wed(NULL, 0), EINVAL);
	ASSERT_ERRNO(cxl_work_enable_wait(NULL), EINVAL);
	ASSERT_ERRNO(cxl_work_disable_wait(NULL), EINVAL);
}

TEST(the_process_element_is_asked_once)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	ASSERT_EQ(cxl_afu_get_process_element(afu), MOCK_PE);
	ASSERT_EQ(cxl_afu_get_process_element(afu), MOCK_PE);
	ASSERT_EQ(mock.pe_calls, 1);
	cxl_afu_free(afu);
}

TEST(no_process_element_yet_is_not_remembered)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_open("afu0.0s");
	mock.pe = 0xffffffff;
	ASSERT_EQ(cxl_afu_get_process_element(afu), -1);
	mock.pe = 0;
	ASSERT_EQ(cxl_afu_get_process_element(afu), 0);
	ASSERT_EQ(cxl_afu_get_process_element(afu), 0);
	ASSERT_EQ(mock.pe_calls, 2);
	cxl_afu_free(afu);
}

TEST(process_element_errors)
{
	struct cxl_afu_h *afu;

	mock_init();
	ASSERT_ERRNO(cxl_afu_get_process_element(NULL), EINVAL);
	afu = mock_open("afu0.0s");
	mock.pe_errno = EIO;
	ASSERT_ERRNO(cxl_afu_get_process_element(afu), EIO);
	cxl_afu_free(afu);
}

static volatile __u64 word;

static void *store_later(void *unused)
{
	usleep(20000);
	__atomic_store_n(&word, 1, __ATOMIC_RELEASE);
	return unused;
}

TEST(host_thread_wait_returns_when_the_word_is_set)
{
	struct cxl_afu_h *afu;
	pthread_t thread;

	mock_init();
	afu = mock_attached("afu0.0s");
	ASSERT(!pthread_create(&thread, NULL, store_later, NULL));
	ASSERT(!cxl_afu_host_thread_wait(afu, &word));
	ASSERT_EQ(word, 1);
	ASSERT(!cxl_afu_host_thread_wait(afu, &word));
	pthread_join(thread, NULL);
	cxl_afu_free(afu);
}

static void *wait_elsewhere(void *afu)
{
	word = 1;
	ASSERT_ERRNO(cxl_afu_host_thread_wait(afu, &word), EPERM);
	return NULL;
}

TEST(host_thread_wait_is_for_the_thread_that_attached)
{
	struct cxl_afu_h *afu;
	pthread_t thread;

	mock_init();
	afu = mock_open("afu0.0s");
	word = 1;
	ASSERT_ERRNO(cxl_afu_host_thread_wait(afu, &word), EPERM);
	ASSERT(!cxl_afu_attach(afu, 0));
	ASSERT(!pthread_create(&thread, NULL, wait_elsewhere, afu));
	pthread_join(thread, NULL);
	ASSERT_ERRNO(cxl_afu_host_thread_wait(NULL, &word), EINVAL);
	ASSERT_ERRNO(cxl_afu_host_thread_wait(afu, NULL), EINVAL);
	cxl_afu_free(afu);
}

KTAP_MAIN()
