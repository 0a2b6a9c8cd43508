// SPDX-License-Identifier: GPL-2.0-only
/* Events: capi-abi.md 8.3. */
#include <pthread.h>

#include <ktap.h>

#include "mock-cxl.h"

static struct cxl_event interrupt(unsigned int irq)
{
	struct cxl_event event;

	memset(&event, 0, sizeof(event));
	event.header.type = CXL_EVENT_AFU_INTERRUPT;
	event.header.size = 16;
	event.header.process_element = MOCK_PE;
	event.irq.irq = (__u16)irq;
	return event;
}

static void assert_poisoned(const struct cxl_event *event)
{
	static const unsigned char tail[] = { 0xde, 0xad, 0xbe, 0xef };
	const unsigned char *bytes = (const unsigned char *)event;
	size_t i;

	ASSERT_EQ(event->header.type, 0xffff);
	ASSERT_EQ(event->header.size, 0);
	for (i = 4; i < sizeof(*event); i++)
		ASSERT_EQ(bytes[i], tail[i % 4]);
}

TEST(one_event_is_read_and_bytes_behind_it_stay)
{
	struct cxl_event event, sent = interrupt(3);
	unsigned char *bytes = (unsigned char *)&event;
	struct cxl_afu_h *afu;
	size_t i;

	mock_init();
	afu = mock_attached("afu0.0s");
	mock_reply(&sent, 16);
	memset(&event, 0x5a, sizeof(event));
	ASSERT(!cxl_read_event(afu, &event));
	ASSERT(!memcmp(&event, &sent, 16));
	for (i = 16; i < sizeof(event); i++)
		ASSERT_EQ(bytes[i], 0x5a);
	cxl_afu_free(afu);
}

TEST(several_events_of_one_read_come_one_by_one)
{
	unsigned char batch[48];
	struct cxl_event event;
	struct cxl_afu_h *afu;
	unsigned int i;

	mock_init();
	afu = mock_attached("afu0.0s");
	for (i = 0; i < 3; i++) {
		event = interrupt(i + 1);
		memcpy(batch + i * 16, &event, 16);
	}
	mock_reply(batch, sizeof(batch));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(cxl_event_pending(afu), 1);
		ASSERT(!cxl_read_event(afu, &event));
		ASSERT_EQ(event.irq.irq, i + 1);
	}
	ASSERT_EQ(cxl_event_pending(afu), 0);
	ASSERT_ERRNO(cxl_read_event(afu, &event), EAGAIN);
	cxl_afu_free(afu);
}

TEST(events_left_over_are_freed_with_the_handle)
{
	unsigned char batch[32];
	struct cxl_event event = interrupt(1);
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_attached("afu0.0s");
	memcpy(batch, &event, 16);
	memcpy(batch + 16, &event, 16);
	mock_reply(batch, sizeof(batch));
	ASSERT(!cxl_read_event(afu, &event));
	cxl_afu_free(afu);
}

TEST(a_failed_read_poisons_the_event)
{
	static const int errors[] = { EAGAIN, EINTR, EIO, EINVAL };
	struct cxl_event event;
	struct cxl_afu_h *afu;
	size_t i;

	mock_init();
	afu = mock_attached("afu0.0s");
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		mock_reply_errno(errors[i]);
		memset(&event, 0, sizeof(event));
		ASSERT_ERRNO(cxl_read_event(afu, &event), errors[i]);
		assert_poisoned(&event);
	}
	cxl_afu_free(afu);
}

TEST(an_empty_read_is_ENODATA)
{
	struct cxl_event event;
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_attached("afu0.0s");
	mock_reply("", 0);
	ASSERT_ERRNO(cxl_read_event(afu, &event), ENODATA);
	assert_poisoned(&event);
	cxl_afu_free(afu);
}

TEST(events_that_are_none_are_EBADMSG)
{
	struct cxl_event event, sent;
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_attached("afu0.0s");
	sent = interrupt(1);
	mock_reply(&sent, 7);			/* no whole header */
	ASSERT_ERRNO(cxl_read_event(afu, &event), EBADMSG);
	sent.header.size = 7;			/* smaller than a header */
	mock_reply(&sent, 16);
	ASSERT_ERRNO(cxl_read_event(afu, &event), EBADMSG);
	sent.header.size = 17;			/* more than came */
	mock_reply(&sent, 16);
	ASSERT_ERRNO(cxl_read_event(afu, &event), EBADMSG);
	assert_poisoned(&event);
	sent = interrupt(2);			/* and the next one is well */
	mock_reply(&sent, 16);
	ASSERT(!cxl_read_event(afu, &event));
	cxl_afu_free(afu);
}

TEST(a_longer_event_than_the_structure_is_cut_off)
{
	struct {
		struct cxl_event event;
		unsigned char behind[8];
	} s;
	unsigned char sent[64] = { 0 };
	struct cxl_event_header header = {
		.type = CXL_EVENT_DATA_STORAGE, .size = sizeof(sent),
	};
	struct cxl_afu_h *afu;
	size_t i;

	mock_init();
	afu = mock_attached("afu0.0s");
	memcpy(sent, &header, sizeof(header));
	mock_reply(sent, sizeof(sent));
	memset(&s, 0x5a, sizeof(s));
	ASSERT(!cxl_read_event(afu, &s.event));
	for (i = 0; i < sizeof(s.behind); i++)
		ASSERT_EQ(s.behind[i], 0x5a);
	cxl_afu_free(afu);
}

TEST(an_event_of_an_AFU_driver_comes_whole)
{
	_Alignas(8) unsigned char sent[64], got[64];
	struct cxl_event_header header = {
		.type = CXL_EVENT_AFU_DRIVER, .size = sizeof(sent),
	};
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_attached("afu0.0s");
	memset(sent, 0x77, sizeof(sent));
	memcpy(sent, &header, sizeof(header));
	mock_reply(sent, sizeof(sent));
	ASSERT(!cxl_read_event(afu, (struct cxl_event *)got));
	ASSERT(!memcmp(got, sent, sizeof(sent)));
	cxl_afu_free(afu);
}

TEST(read_event_refuses_NULL_and_what_is_not_open)
{
	struct cxl_event event;
	struct cxl_afu_h *afu;

	mock_init();
	afu = cxl_afu_next(NULL);
	ASSERT_ERRNO(cxl_read_event(NULL, &event), EINVAL);
	assert_poisoned(&event);
	ASSERT_ERRNO(cxl_read_event(afu, &event), EINVAL);
	ASSERT_ERRNO(cxl_read_event(afu, NULL), EINVAL);
	ASSERT_ERRNO(cxl_event_pending(NULL), EINVAL);
	ASSERT_ERRNO(cxl_event_pending(afu), EINVAL);
	cxl_afu_free(afu);
}

TEST(read_expected_event_compares_type_and_number)
{
	struct cxl_event event, sent = interrupt(3);
	struct cxl_afu_h *afu;
	int i;

	mock_init();
	afu = mock_attached("afu0.0s");
	for (i = 0; i < 4; i++)
		mock_reply(&sent, 16);
	ASSERT(!cxl_read_expected_event(afu, &event, CXL_EVENT_AFU_INTERRUPT, 3));
	ASSERT(!cxl_read_expected_event(afu, &event, CXL_EVENT_AFU_INTERRUPT, 0));
	ASSERT_EQ(cxl_read_expected_event(afu, &event, CXL_EVENT_AFU_INTERRUPT, 2), -1);
	ASSERT_EQ(event.irq.irq, 3);
	ASSERT_EQ(cxl_read_expected_event(afu, &event, CXL_EVENT_AFU_ERROR, 0), -1);
	ASSERT_EQ(event.header.type, CXL_EVENT_AFU_INTERRUPT);
	ASSERT_EQ(cxl_read_expected_event(afu, &event, CXL_EVENT_AFU_INTERRUPT, 0), -1);
	assert_poisoned(&event);
	cxl_afu_free(afu);
}

static const char *printed(int (*print)(FILE *, struct cxl_event *),
			   struct cxl_event *event, int *ret)
{
	static char text[512];
	FILE *f = fmemopen(text, sizeof(text), "w");

	memset(text, 0, sizeof(text));
	*ret = print(f, event);
	fclose(f);
	return text;
}

TEST(events_are_printed_in_the_known_formats)
{
	struct cxl_event event = interrupt(3);
	int ret;

	ASSERT_STREQ(printed(cxl_fprint_event, &event, &ret), "AFU Interrupt 3\n");
	ASSERT_EQ(ret, (int)strlen("AFU Interrupt 3\n"));

	memset(&event, 0, sizeof(event));
	event.header.type = CXL_EVENT_DATA_STORAGE;
	event.header.size = 40;
	event.fault.addr = 0x7fff12345000;
	ASSERT_STREQ(printed(cxl_fprint_event, &event, &ret),
		     "AFU Invalid memory reference: 0x7fff12345000\n");

	memset(&event, 0, sizeof(event));
	event.header.type = CXL_EVENT_AFU_ERROR;
	event.header.size = 24;
	event.afu_error.error = 0xdeadbeefcafe;
	ASSERT_STREQ(printed(cxl_fprint_event, &event, &ret),
		     "AFU Error: 0xdeadbeefcafe\n");
}

TEST(unknown_events_are_printed_as_bytes)
{
	static const char want[] =
		"CXL Unknown Event 9: 09000c00 07000000 01020304 \n";
	struct cxl_event event;
	unsigned char *bytes = (unsigned char *)&event;
	int ret;

	memset(&event, 0, sizeof(event));
	event.header.type = 9;
	event.header.size = 12;
	event.header.process_element = 7;
	memcpy(bytes + 8, "\1\2\3\4", 4);
	ASSERT_STREQ(printed(cxl_fprint_event, &event, &ret), want);
	ASSERT_EQ(ret, (int)strlen(want));
	ASSERT_STREQ(printed(cxl_fprint_unknown_event, &event, &ret), want);
}

TEST(a_poisoned_event_is_not_printed)
{
	struct cxl_event event;
	int ret;

	memset(&event, 0, sizeof(event));
	event.header.type = 0xffff;
	errno = 0;
	ASSERT_STREQ(printed(cxl_fprint_event, &event, &ret), "");
	ASSERT_EQ(ret, -1);
	ASSERT_ERRNO(cxl_fprint_event(stdout, &event), ENODATA);
	ASSERT_ERRNO(cxl_fprint_event(NULL, &event), EINVAL);
	ASSERT_ERRNO(cxl_fprint_event(stdout, NULL), EINVAL);
	ASSERT_ERRNO(cxl_fprint_unknown_event(NULL, &event), EINVAL);
	ASSERT_ERRNO(cxl_fprint_unknown_event(stdout, NULL), EINVAL);
}

#define THREADS 4
#define BATCHES 4000	/* EVENTS fit the 16 bits of a number */
#define PER_BATCH 14
#define EVENTS (BATCHES * PER_BATCH)

static unsigned int seen[EVENTS + 1];
static pthread_barrier_t start;

static void *read_all(void *afu)
{
	struct cxl_event event;
	int idle = 0;

	pthread_barrier_wait(&start);
	/* A thread that finds nothing may just have come between. */
	while (idle < 100) {
		if (cxl_read_event(afu, &event)) {
			ASSERT_EQ(errno, EAGAIN);
			idle++;
			continue;
		}
		ASSERT_LE(event.irq.irq, EVENTS);
		__atomic_add_fetch(&seen[event.irq.irq], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

TEST(threads_share_a_handle_and_each_event_is_seen_once)
{
	unsigned char batch[PER_BATCH * 16];
	pthread_t threads[THREADS];
	struct cxl_event event;
	struct cxl_afu_h *afu;
	unsigned int i, n = 0;

	mock_init();
	afu = mock_attached("afu0.0s");
	while (n < EVENTS) {
		for (i = 0; i < PER_BATCH; i++) {
			event = interrupt(++n);
			memcpy(batch + 16 * i, &event, 16);
		}
		mock_reply(batch, sizeof(batch));
	}
	ASSERT(!pthread_barrier_init(&start, NULL, THREADS));
	for (i = 0; i < THREADS; i++)
		ASSERT(!pthread_create(&threads[i], NULL, read_all, afu));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ASSERT_ERRNO(cxl_read_event(afu, &event), EAGAIN);
	for (i = 1; i <= EVENTS; i++)
		ASSERT_EQ(seen[i], 1);
	cxl_afu_free(afu);
}

KTAP_MAIN()
