// SPDX-License-Identifier: GPL-2.0-only
/*
 * pcpu_bench: measure what accounting costs a percpu allocation.
 *
 * A misc device for root. Each ioctl checks its arguments before it allocates,
 * works in the calling task, and frees its memory on every path. Objects that a
 * file keeps on purpose are freed at its last close. An open file holds a
 * reference to the module, so the module cannot be unloaded while a call runs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/kernel_stat.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#ifdef CONFIG_X86_TSC
#include <asm/tsc.h>
#endif

#include "bench.h"

/*
 * A loop runs alone, or it would measure other calls that allocate or free
 * percpu memory. Those calls take this for reading, a loop takes it for
 * writing. And what it asked at its beginning holds until its end: there is memory for
 * all that it may take.
 */
static DECLARE_RWSEM(percpu_use);

/*
 * Copy in a structure that begins with its size. The caller may know an older
 * or a newer version. @min is the end of the fields that a call needs.
 */
static int get_sized(void *to, size_t ksize, size_t min,
		     const void __user *from, u32 *usize)
{
	if (get_user(*usize, (const u32 __user *)from))
		return -EFAULT;
	if (*usize < min)
		return -EINVAL;
	return copy_struct_from_user(to, ksize, from, *usize);
}

static int put_sized(void __user *to, u32 usize, const void *from, size_t ksize)
{
	return copy_to_user(to, from, min_t(size_t, usize, ksize)) ? -EFAULT : 0;
}

/* Size of the first version of @type, which ends with @last. */
#define MIN_SIZE(type, last)	offsetofend(struct type, last)

static int copy_node_cpus(const struct pcpu_bench_info *info)
{
	u32 __user *to = u64_to_user_ptr(info->node_cpus);
	u32 *count, n = info->nr_node_cpus;
	int cpu, node, err = 0;

	if (n > PCPU_BENCH_MAX_NODES)
		return -EINVAL;
	count = kcalloc(n, sizeof(*count), GFP_KERNEL);
	if (!count)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		node = cpu_to_node(cpu);
		if (node >= 0 && node < n)
			count[node]++;
	}
	if (copy_to_user(to, count, n * sizeof(*count)))
		err = -EFAULT;
	kfree(count);
	return err;
}

static long ioctl_info(void __user *arg)
{
	struct pcpu_bench_info info;
	u32 usize;
	int err;

	err = get_sized(&info, sizeof(info), MIN_SIZE(pcpu_bench_info, node_cpus),
			arg, &usize);
	if (err)
		return err;
	if (info.node_cpus) {
		err = copy_node_cpus(&info);
		if (err)
			return err;
	}
	info.possible_cpus = num_possible_cpus();
	info.online_cpus = num_online_cpus();
	info.nr_node_ids = nr_node_ids;
	info.nodes_shift = NODES_SHIFT;
	info.page_size = PAGE_SIZE;
	info.max_size = PCPU_MIN_UNIT_SIZE;
	info.unit_size = chunk_unit_size();
	info.clock = run_clock();
	info.tsc_khz = 0;
#ifdef CONFIG_X86_TSC
	if (info.clock == PCPU_BENCH_CLOCK_TSC)
		info.tsc_khz = tsc_khz;
#endif
	return put_sized(arg, usize, &info, sizeof(info));
}

static const struct bench *checked_bench(const char *name, u32 param)
{
	const struct bench *bench;
	int err;

	if (strnlen(name, PCPU_BENCH_NAME_LEN) == PCPU_BENCH_NAME_LEN)
		return ERR_PTR(-EINVAL);
	bench = bench_find(name);
	if (!bench)
		return ERR_PTR(-ENOENT);
	err = bench->check(param);
	return err ? ERR_PTR(err) : bench;
}

/* Start a run's counters and allocate room for counts, if it asked for any. */
static int counts_begin(const struct pcpu_bench_run *run, struct counters *c,
			struct counts **counts)
{
	*counts = NULL;
	if (!run->counts)
		return 0;
	*counts = kvcalloc(run->rounds * PCPU_BENCH_NR_ARMS, sizeof(**counts),
			   GFP_KERNEL);
	if (!*counts)
		return -ENOMEM;
	counters_open(c, run->counters);
	return 0;
}

static int counts_end(struct pcpu_bench_run *run, struct counters *c,
		      struct counts *counts)
{
	u32 i;

	if (!counts)
		return 0;
	counters_close(c);
	run->counters = 0;
	for (i = 0; i < PCPU_BENCH_NR_COUNTERS; i++) {
		run->counter_errors[i] = c->err[i];
		if (!c->err[i])
			run->counters |= 1U << i;
	}
	return copy_to_user(u64_to_user_ptr(run->counts), counts,
			    run->rounds * PCPU_BENCH_NR_ARMS * sizeof(*counts)) ?
	       -EFAULT : 0;
}

static long ioctl_contend(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_contend contend;
	u32 usize;
	long err, err2;

	err = get_sized(&contend, sizeof(contend),
			MIN_SIZE(pcpu_bench_contend, reserved), arg, &usize);
	if (err)
		return err;
	err = contend_run(ctx, &contend);
	/* Also when they did not come: how many did. */
	err2 = put_sized(arg, usize, &contend, sizeof(contend));
	return err ? err : err2;
}

static bool run_is_valid(const struct pcpu_bench_run *run)
{
	return run->pairs && run->pairs <= PCPU_BENCH_MAX_PAIRS &&
	       run->rounds && run->rounds <= PCPU_BENCH_MAX_ROUNDS &&
	       run->warmup <= PCPU_BENCH_MAX_ROUNDS &&
	       !run->reserved && !run->reserved2 && !run->reserved3 &&
	       !(run->flags & ~PCPU_BENCH_NOWAIT) &&
	       run->clock <= PCPU_BENCH_CLOCK_NS &&
	       !(run->counters >> PCPU_BENCH_NR_COUNTERS) &&
	       !run->counters == !run->counts;
}

static long ioctl_run(struct bench_ctx *ctx, void __user *arg)
{
	struct counts *counts = NULL;
	struct pcpu_bench_sample *samples;
	struct counters counters = { };
	struct pcpu_bench_run run;
	const struct bench *bench;
	size_t bytes;
	u32 usize;
	int err, err2, arm;

	err = get_sized(&run, sizeof(run), MIN_SIZE(pcpu_bench_run, pin_bytes),
			arg, &usize);
	if (err)
		return err;
	bench = checked_bench(run.bench, run.param);
	if (IS_ERR(bench))
		return PTR_ERR(bench);
	if (!run_is_valid(&run) || run.op >= max(bench->nr_ops, 1U))
		return -EINVAL;
	/* What @begin makes is that of the held objects. */
	if (bench->begin && ctx->nr_held)
		return -EBUSY;
	if (!run.clock)
		run.clock = run_clock();

	bytes = run.rounds * PCPU_BENCH_NR_ARMS * sizeof(*samples);
	samples = kvzalloc(bytes, GFP_KERNEL);
	if (!samples)
		return -ENOMEM;
	err = counts_begin(&run, &counters, &counts);
	if (err)
		goto out_free;
	err = bench->percpu ? ballast_place(ctx, run.param) : 0;
	if (err)
		goto out;
	ctx->bench = bench;
	ctx->param = run.param;
	ctx->op = run.op;
	for (arm = 0; arm < PCPU_BENCH_NR_ARMS; arm++)
		ctx->gfp[arm] = bench_gfp(arm, run.flags);
	run.pin_bytes = bench->percpu ? ctx->ballast_bytes : 0;
	err = shape_begin(ctx, &run);
	if (!err && bench->begin)
		err = bench->begin(ctx, &run);
	if (!err)
		err = run_loop(ctx, &run, samples, &counters, counts);
	if (bench->end)
		bench->end(ctx);
	shape_end(ctx);
	run.wrong_sums = ctx->wrong_sums;
	run.fresh = ctx->fresh;
	if (!err &&
	    copy_to_user(u64_to_user_ptr(run.samples), samples, bytes))
		err = -EFAULT;
out:
	err2 = counts_end(&run, &counters, counts);
	if (!err)
		err = err2;
	if (!err)
		err = put_sized(arg, usize, &run, sizeof(run));
	kvfree(counts);
out_free:
	kvfree(samples);
	return err;
}

/*
 * Returns -ERESTARTSYS if @interruptible and a signal came too early, else 0.
 */
static long release_held(struct bench_ctx *ctx, bool interruptible)
{
	while (ctx->nr_held) {
		if (interruptible && signal_pending(current))
			return -ERESTARTSYS;
		ctx->held_bench->release(ctx->held[--ctx->nr_held]);
		cond_resched();
	}
	if (ctx->held_bench && ctx->held_bench->end)
		ctx->held_bench->end(ctx);
	ctx->held_bench = NULL;
	kvfree(ctx->held);
	ctx->held = NULL;
	return 0;
}

/* Objects are held for the owners in turn, the task's own memcg first. */
static int copy_nodes(const struct bench_ctx *ctx,
		      const struct pcpu_bench_hold *hold)
{
	const u32 owners = max(hold->owners, 1U), nr = hold->nr_nodes;
	u32 *count, i;
	int node, err = 0;

	if (ctx->held_bench->percpu || nr > PCPU_BENCH_MAX_NODES)
		return -EINVAL;
	count = kcalloc(nr, sizeof(*count), GFP_KERNEL);
	if (!count)
		return -ENOMEM;
	for (i = 0; i < ctx->nr_held; i += owners) {
		node = page_to_nid(virt_to_page(ctx->held[i]));
		if (node < nr)
			count[node]++;
	}
	if (copy_to_user(u64_to_user_ptr(hold->nodes), count,
			 nr * sizeof(*count)))
		err = -EFAULT;
	kfree(count);
	return err;
}

static long ioctl_hold(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_hold hold;
	const struct bench *bench;
	struct mem_cgroup *own;
	void __percpu *at;
	void *obj;
	u32 usize;
	int err;

	err = get_sized(&hold, sizeof(hold), MIN_SIZE(pcpu_bench_hold, first_chunk),
			arg, &usize);
	if (err)
		return err;
	bench = checked_bench(hold.bench, hold.param);
	if (IS_ERR(bench))
		return PTR_ERR(bench);
	if ((hold.arm != PCPU_BENCH_ARM_OFF && hold.arm != PCPU_BENCH_ARM_ON) ||
	    !hold.count || hold.count > PCPU_BENCH_MAX_HELD || hold.guard > 1 ||
	    hold.flags & ~PCPU_BENCH_NOWAIT || hold.reserved ||
	    hold.op >= max(bench->nr_ops, 1U))
		return -EINVAL;
	if (ctx->nr_held)
		return -EBUSY;
	if (!shape_fits(bench, hold.param, hold.count))
		return -EFBIG;

	ctx->held = kvcalloc(hold.count, sizeof(*ctx->held), GFP_KERNEL);
	if (!ctx->held)
		return -ENOMEM;
	ctx->held_bench = bench;
	ctx->param = hold.param;
	ctx->op = hold.op;
	if (!hold.guard)
		ballast_drop(ctx);
	err = hold.guard && bench->percpu ? ballast_place(ctx, hold.param) : 0;
	if (!err)
		err = shape_owners(ctx, hold.owners, PCPU_BENCH_FREE_SELF,
				   hold.other);
	if (!err && bench->begin)
		err = bench->begin(ctx, NULL);
	if (err)
		goto out;
	hold.first_chunk = 0;
	while (ctx->nr_held < hold.count) {
		err = -ERESTARTSYS;
		if (signal_pending(current))
			goto out;
		err = -ENOMEM;
		if (!shape_fits(bench, hold.param, 1))
			goto out;
		own = set_active_memcg(ctx->batch.owner[ctx->nr_held % 2]);
		obj = bench->hold(ctx, bench_gfp(hold.arm, hold.flags), &at);
		set_active_memcg(own);
		if (!obj)
			goto out;
		ctx->held[ctx->nr_held++] = obj;
		hold.first_chunk += bench->percpu && chunk_is_first(at);
		cond_resched();
	}
	err = hold.nodes ? copy_nodes(ctx, &hold) : 0;
	if (!err)
		err = put_sized(arg, usize, &hold, sizeof(hold));
out:
	shape_disown(ctx);
	if (err)
		release_held(ctx, false);
	return err;
}

static long ioctl_alloc(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_alloc alloc;
	u32 usize;
	int err;

	err = get_sized(&alloc, sizeof(alloc),
			MIN_SIZE(pcpu_bench_alloc, cgroup), arg, &usize);
	if (!err)
		err = objects_alloc(ctx, &alloc);
	return err ? err : put_sized(arg, usize, &alloc, sizeof(alloc));
}

static long ioctl_free(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_free which;
	u32 usize;
	int err;

	err = get_sized(&which, sizeof(which),
			MIN_SIZE(pcpu_bench_free, reserved), arg, &usize);
	return err ? err : objects_free(ctx, &which);
}

static long ioctl_walk(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_walk walk;
	u32 usize;
	int err;

	err = get_sized(&walk, sizeof(walk), MIN_SIZE(pcpu_bench_walk, unowned),
			arg, &usize);
	if (!err)
		err = objects_walk(ctx, &walk);
	return err ? err : put_sized(arg, usize, &walk, sizeof(walk));
}

static long ioctl_quiet(void __user *arg)
{
	struct pcpu_bench_quiet quiet;
	u32 usize;
	int err;

	err = get_sized(&quiet, sizeof(quiet),
			MIN_SIZE(pcpu_bench_quiet, switches), arg, &usize);
	if (err)
		return err;
	quiet_fill(&quiet);
	return put_sized(arg, usize, &quiet, sizeof(quiet));
}

static long ioctl_footprint(void __user *arg)
{
	struct pcpu_bench_footprint f;
	u32 usize;
	int err;

	err = get_sized(&f, sizeof(f),
			MIN_SIZE(pcpu_bench_footprint, reserved2), arg, &usize);
	if (!err)
		err = footprint(&f);
	return err ? err : put_sized(arg, usize, &f, sizeof(f));
}

static long ioctl_share(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_share share;
	u32 usize;
	long err;

	err = get_sized(&share, sizeof(share),
			MIN_SIZE(pcpu_bench_share, cgroups), arg, &usize);
	if (!err)
		err = share_begin(ctx, &share);
	return err ? err : put_sized(arg, usize, &share, sizeof(share));
}

static long ioctl_waves(struct bench_ctx *ctx, void __user *arg)
{
	struct pcpu_bench_waves waves;
	u32 usize;
	long err;

	err = get_sized(&waves, sizeof(waves),
			MIN_SIZE(pcpu_bench_waves, reserved), arg, &usize);
	if (!err)
		err = share_waves(ctx, &waves);
	return err ? err : put_sized(arg, usize, &waves, sizeof(waves));
}

static long ioctl_settle(unsigned long what)
{
	if (what == PCPU_BENCH_SETTLE_MAPS)
		settle_maps();
	else if (what == PCPU_BENCH_SETTLE_ALL)
		settle_all();
	else if (what == PCPU_BENCH_SETTLE_TICK)
		settle_tick();
	else if (what == PCPU_BENCH_SETTLE_TURN)
		return settle_turn();
	else
		return -EINVAL;
	return 0;
}

static long ioctl_sums(struct bench_ctx *ctx, unsigned long all)
{
	if (all > 1)
		return -EINVAL;
	if (all && !ctx->sums_all) {
		if (!dying_begin())
			return -EBUSY;
		ctx->sums_all = true;
	} else if (!all && ctx->sums_all) {
		dying_end();
		ctx->sums_all = false;
	}
	return 0;
}

static long ioctl_guard(struct bench_ctx *ctx, unsigned long size)
{
	u64 holes;
	int err;

	if (size % 4 || size > PCPU_MIN_UNIT_SIZE)
		return -EINVAL;
	if (size) {
		err = ballast_guard(ctx, &holes);
		return err ?: (long)holes;
	}
	ballast_drop(ctx);
	return 0;
}

/* Can be called again after a signal; the last close frees the rest. */
static long ioctl_release(struct bench_ctx *ctx)
{
	long err = release_held(ctx, true);

	share_end(ctx);
	return err ? err : objects_free_all(ctx, true);
}

/* The calls that must not run beside a loop. */
static long use_percpu(struct bench_ctx *ctx, unsigned int cmd,
		       unsigned long arg)
{
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case PCPU_BENCH_HOLD:
		return ioctl_hold(ctx, uarg);
	case PCPU_BENCH_RELEASE:
		return ioctl_release(ctx);
	case PCPU_BENCH_ALLOC:
		return ioctl_alloc(ctx, uarg);
	case PCPU_BENCH_FREE:
		return ioctl_free(ctx, uarg);
	case PCPU_BENCH_WALK:
		return ioctl_walk(ctx, uarg);
	case PCPU_BENCH_SHARE:
		return ioctl_share(ctx, uarg);
	case PCPU_BENCH_GUARD:
		return ioctl_guard(ctx, arg);
	default:
		return -ENOTTY;
	}
}

static long run_alone(struct bench_ctx *ctx, unsigned int cmd,
		      void __user *arg)
{
	long ret;

	if (!down_write_trylock(&percpu_use))
		return -EBUSY;
	ret = cmd == PCPU_BENCH_RUN ? ioctl_run(ctx, arg) :
	      cmd == PCPU_BENCH_WAVES ? ioctl_waves(ctx, arg) :
	      ioctl_contend(ctx, arg);
	up_write(&percpu_use);
	return ret;
}

static long run_beside(struct bench_ctx *ctx, unsigned int cmd,
		       unsigned long arg)
{
	long ret;

	if (!down_read_trylock(&percpu_use))
		return -EBUSY;
	ret = use_percpu(ctx, cmd, arg);
	up_read(&percpu_use);
	return ret;
}

static long pcpu_bench_ioctl(struct file *file, unsigned int cmd,
			     unsigned long arg)
{
	struct bench_ctx *ctx = file->private_data;
	void __user *uarg = (void __user *)arg;
	long ret;

	/* Beside PCPU_BENCH_CONTEND of the same file. */
	if (cmd == PCPU_BENCH_JOIN)
		return contend_join(ctx);
	/* Many calls take long; all but some of SETTLE end at a signal. */
	if (mutex_lock_interruptible(&ctx->lock))
		return -ERESTARTSYS;
	switch (cmd) {
	case PCPU_BENCH_INFO:
		ret = ioctl_info(uarg);
		break;
	case PCPU_BENCH_QUIET:
		ret = ioctl_quiet(uarg);
		break;
	case PCPU_BENCH_SETTLE:
		ret = ioctl_settle(arg);
		break;
	case PCPU_BENCH_FOOTPRINT:
		ret = ioctl_footprint(uarg);
		break;
	case PCPU_BENCH_SUMS:
		ret = ioctl_sums(ctx, arg);
		break;
	case PCPU_BENCH_RUN:
	case PCPU_BENCH_CONTEND:
	case PCPU_BENCH_WAVES:
		ret = run_alone(ctx, cmd, uarg);
		break;
	default:
		ret = run_beside(ctx, cmd, arg);
	}
	mutex_unlock(&ctx->lock);
	return ret;
}

static int pcpu_bench_open(struct inode *inode, struct file *file)
{
	struct bench_ctx *ctx;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	mutex_init(&ctx->lock);
	contend_init(ctx);
	file->private_data = ctx;
	return 0;
}

static int pcpu_bench_release(struct inode *inode, struct file *file)
{
	struct bench_ctx *ctx = file->private_data;

	/* Wait until a running loop ends; it can be killed. */
	down_read(&percpu_use);
	release_held(ctx, false);
	share_end(ctx);
	objects_free_all(ctx, false);
	ballast_drop(ctx);
	up_read(&percpu_use);
	ioctl_sums(ctx, 0);
	mutex_destroy(&ctx->lock);
	kfree(ctx);
	return 0;
}

static const struct file_operations pcpu_bench_fops = {
	.owner = THIS_MODULE,
	.open = pcpu_bench_open,
	.release = pcpu_bench_release,
	.unlocked_ioctl = pcpu_bench_ioctl,
};

static struct miscdevice pcpu_bench_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = PCPU_BENCH_DEVICE,
	.fops = &pcpu_bench_fops,
	.mode = 0600,
};

static int __init pcpu_bench_init(void)
{
	int err;

	/* The kernel's own static percpu variables make up the first chunk. */
	if (is_vmalloc_addr(per_cpu_ptr(&kstat, raw_smp_processor_id()))) {
		pr_err("cannot tell the first chunk: boot without percpu_alloc=page\n");
		return -EOPNOTSUPP;
	}
	err = chunk_init();
	if (err)
		return err;
	shape_init();
	return misc_register(&pcpu_bench_dev);
}
module_init(pcpu_bench_init);

static void __exit pcpu_bench_exit(void)
{
	misc_deregister(&pcpu_bench_dev);
}
module_exit(pcpu_bench_exit);

MODULE_DESCRIPTION("Measure the cost of percpu memory accounting");
MODULE_LICENSE("GPL");
