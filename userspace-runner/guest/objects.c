// SPDX-License-Identifier: GPL-2.0-or-later
/* Percpu objects that the self-test holds, through the module. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "guest/objects.h"
#include "measure/device.h"

int objects_open(struct objects *o)
{
	return device_open(&o->fd);
}

void objects_close(struct objects *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

int objects_failed(unsigned int bytes)
{
	if (errno == EUCLEAN)
		return err(EX_FAIL, "an object of %u B is not cleared", bytes);
	return err_errno(EX_FAIL, "cannot allocate objects of %u B", bytes);
}

int objects_alloc_here(const struct objects *o, unsigned int bytes,
		       unsigned int align, unsigned int count,
		       unsigned int flags, unsigned int *done)
{
	struct pcpu_bench_alloc alloc = {
		.size = sizeof(alloc),
		.bytes = bytes,
		.align = align,
		.count = count,
		.flags = flags,
	};

	if (ioctl(o->fd, PCPU_BENCH_ALLOC, &alloc))
		return objects_failed(bytes);
	if (done)
		*done = alloc.done;
	else if (alloc.done != count)
		return err(EX_FAIL, "only %u of %u objects of %u B could be allocated",
			   alloc.done, count, bytes);
	return 0;
}

struct order {
	struct objects o;
	unsigned int bytes, align, count, flags, first, done;
	bool may_fail;
};

static int do_alloc(void *arg)
{
	struct order *q = arg;

	return objects_alloc_here(&q->o, q->bytes, q->align, q->count, q->flags,
				  q->may_fail ? &q->done : NULL);
}

int objects_alloc(const struct objects *o, const struct place *place,
		  unsigned int bytes, unsigned int align, unsigned int count,
		  unsigned int flags, unsigned int *done)
{
	struct order q = {
		.o = *o, .bytes = bytes, .align = align, .count = count,
		.flags = flags, .may_fail = !!done,
	};
	int ret = place_run(place, 1, do_alloc, &q, sizeof(q));

	if (done)
		*done = q.done;
	return ret;
}

static int do_free(void *arg)
{
	struct order *q = arg;
	struct pcpu_bench_free which = {
		.size = sizeof(which),
		.first = q->first,
		.count = q->count,
	};

	if (ioctl(q->o.fd, PCPU_BENCH_FREE, &which))
		return err_errno(EX_FAIL, "cannot free objects");
	return 0;
}

int objects_free(const struct objects *o, const struct place *place,
		 unsigned int first, unsigned int count)
{
	struct order q = { .o = *o, .first = first, .count = count };

	return place_run(place, 1, do_free, &q, sizeof(q));
}

static int do_release(void *arg)
{
	struct order *q = arg;

	return device_release(q->o.fd);
}

int objects_release(const struct objects *o, const struct place *place)
{
	struct order q = { .o = *o };

	return place_run(place, 1, do_release, &q, sizeof(q));
}
