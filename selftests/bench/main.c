// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame_bench: a packet generator inside the kernel, for the benchmarks.
 *
 * /sys/kernel/debug/kame_bench/run takes a line that asks for a run (config.c),
 * in the network namespace of its writer; the write returns when the run is over,
 * and a read from the same open file gives its result (result.c).
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bench.h"

struct run {
	/* Serializes the users of one open file; protects what follows. */
	struct mutex lock;
	size_t len;
	char result[200];
	/* Takes streams until the file is closed, or NULL. */
	struct socket *listen;
};

static int take_streams(const struct kame_bench_config *config, struct run *run)
{
	struct socket *sock;

	if (run->listen)
		return -EBUSY;
	sock = kame_bench_stream_open(config->net, config->listen);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	run->listen = sock;
	return 0;
}

static int run(struct kame_bench_config *config, struct run *run)
{
	struct kame_bench_result result = {};
	struct socket *sink = NULL;
	int err;

	if (config->listen)
		return take_streams(config, run);
	if (config->sink) {
		sink = kame_bench_sink_open(config->net, config->sink);
		if (IS_ERR(sink))
			return PTR_ERR(sink);
	}
	if (config->lookup)
		err = kame_bench_lookup(config, &result);
	else if (config->send)
		err = kame_bench_send(config, &result);
	else
		err = kame_bench_inject(config, &result);
	if (sink)
		result.sunk = kame_bench_sink_close(sink, err ? 0 : result.packets);
	if (!err)
		run->len = kame_bench_result_print(&result, run->result, sizeof(run->result));
	kame_bench_result_uninit(&result);
	return err;
}

static int run_line(struct run *file, char *line)
{
	struct kame_bench_config *config;
	int err;

	config = kzalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	config->net = get_net(current->nsproxy->net_ns);
	err = kame_bench_config_parse(config, line);
	if (!err)
		err = run(config, file);
	put_net(config->net);
	kfree(config);
	return err;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	struct run *run = file->private_data;
	char *line;
	int err;

	if (!ns_capable(current->nsproxy->net_ns->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (len > KAME_BENCH_MAX_LINE)
		return -E2BIG;
	line = memdup_user_nul(from, len);
	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&run->lock);
	run->len = 0;
	err = run_line(run, line);
	mutex_unlock(&run->lock);
	kfree(line);
	/* A result is read from its start, wherever writing got to. */
	*pos = 0;
	return err ?: len;
}

static ssize_t run_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	struct run *run = file->private_data;
	ssize_t ret;

	mutex_lock(&run->lock);
	ret = simple_read_from_buffer(to, len, pos, run->result, run->len);
	mutex_unlock(&run->lock);
	return ret;
}

static int run_open(struct inode *inode, struct file *file)
{
	struct run *run = kzalloc(sizeof(*run), GFP_KERNEL);

	if (!run)
		return -ENOMEM;
	mutex_init(&run->lock);
	file->private_data = run;
	return 0;
}

static int run_release(struct inode *inode, struct file *file)
{
	struct run *run = file->private_data;

	if (run->listen)
		sock_release(run->listen);
	kfree(run);
	return 0;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = run_open,
	.read = run_read,
	.write = run_write,
	.release = run_release,
	.llseek = default_llseek,
};

static struct dentry *dir;

static int __init kame_bench_init(void)
{
	dir = debugfs_create_dir("kame_bench", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	debugfs_create_file("run", 0600, dir, NULL, &run_fops);
	return 0;
}

static void __exit kame_bench_exit(void)
{
	debugfs_remove(dir);
}

module_init(kame_bench_init);
module_exit(kame_bench_exit);

MODULE_DESCRIPTION("Packet generator for kame's benchmarks");
MODULE_AUTHOR("kame maintainers");
MODULE_LICENSE("GPL");
