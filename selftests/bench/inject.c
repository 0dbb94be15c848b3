// SPDX-License-Identifier: GPL-2.0-only
/*
 * Injection: packets are built a poll's worth at a time, and then handed to the
 * stack as a driver's NAPI poll does. Only the handing over is timed, so that
 * neither building nor any sender counts, and the packets are as warm in the
 * cache as those that a driver has just looked at.
 */
#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <net/checksum.h>

#include "bench.h"

static void vary(const struct kame_bench_config *config, u8 *packet, u32 n)
{
	__be32 from, to;
	__sum16 sum;

	memcpy(&from, packet + config->vary_at, sizeof(from));
	to = cpu_to_be32(be32_to_cpu(from) + kame_bench_nth_value(config, n));
	memcpy(packet + config->vary_at, &to, sizeof(to));
	if (!config->csum_at)
		return;
	memcpy(&sum, packet + config->csum_at, sizeof(sum));
	csum_replace4(&sum, from, to);
	memcpy(packet + config->csum_at, &sum, sizeof(sum));
}

static struct sk_buff *build(const struct kame_bench_config *config, struct net_device *dev, u32 n)
{
	struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, ETH_HLEN + config->len);
	struct ethhdr *eth;
	u8 *packet;

	if (!skb)
		return NULL;
	eth = skb_put(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth_zero_addr(eth->h_source);
	eth->h_source[0] = 2;
	eth->h_proto = config->proto;
	packet = skb_put_data(skb, config->packet, config->len);
	if (config->vary > 1)
		vary(config, packet, n);
	skb->protocol = eth_type_trans(skb, dev);
	skb->ip_summed = config->verify ? CHECKSUM_NONE : CHECKSUM_UNNECESSARY;
	return skb;
}

static int build_chunk(const struct kame_bench_config *config, struct net_device *dev, u32 first,
		       u32 packets, struct sk_buff **skbs)
{
	u32 n;

	for (n = 0; n < packets; n++) {
		skbs[n] = build(config, dev, first + n);
		if (!skbs[n])
			goto err;
	}
	return 0;

err:
	while (n--)
		kfree_skb(skbs[n]);
	return -ENOMEM;
}

static u64 hand_over_singly(struct sk_buff **skbs, u32 packets, u32 *refused)
{
	u64 start = ktime_get_ns();
	u32 n;

	for (n = 0; n < packets; n++)
		if (netif_receive_skb(skbs[n]) != NET_RX_SUCCESS)
			++*refused;
	return ktime_get_ns() - start;
}

static u64 hand_over_lists(struct sk_buff **skbs, u32 packets, u32 batch)
{
	u64 start = ktime_get_ns();
	u32 n;

	for (n = 0; n < packets;) {
		LIST_HEAD(list);

		do
			list_add_tail(&skbs[n]->list, &list);
		while (++n < packets && n % batch);
		netif_receive_skb_list(&list);
	}
	return ktime_get_ns() - start;
}

static int inject(const struct kame_bench_config *config, struct net_device *dev,
		  struct sk_buff **skbs, struct kame_bench_result *result)
{
	u32 first, packets;
	u64 start, ns;
	int err;

	for (first = 0; first < config->count; first += packets) {
		packets = min(result->per_chunk, config->count - first);
		err = build_chunk(config, dev, first, packets, skbs);
		if (err)
			return err;
		/* As in a driver's poll; what it leaves to softirq runs as that ends. */
		start = ktime_get_ns();
		local_bh_disable();
		if (config->batch == 1)
			ns = hand_over_singly(skbs, packets, &result->refused);
		else
			ns = hand_over_lists(skbs, packets, config->batch);
		local_bh_enable();
		if (config->drain)
			ns = ktime_get_ns() - start;
		kame_bench_result_add(result, ns, packets);
		cond_resched();
		if (signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/**
 * kame_bench_inject() - inject packets into a device's input, and time it
 * @config: the run
 * @result: zeroed; released by kame_bench_result_uninit(), whatever is returned
 *
 * Context: process, may sleep.
 * Return: 0, -ENODEV or -ENETDOWN for the device, -ENOMEM, -EINTR.
 */
int kame_bench_inject(const struct kame_bench_config *config, struct kame_bench_result *result)
{
	u32 per_chunk = max_t(u32, rounddown(KAME_BENCH_POLL, config->batch), config->batch);
	struct net_device *dev;
	struct sk_buff **skbs;
	int err;

	skbs = kvmalloc_array(per_chunk, sizeof(*skbs), GFP_KERNEL);
	if (!skbs)
		return -ENOMEM;
	err = kame_bench_result_init(result, config->count, per_chunk);
	if (err)
		goto out_skbs;
	dev = dev_get_by_name(config->net, config->dev);
	if (!dev) {
		err = -ENODEV;
		goto out_skbs;
	}
	err = netif_running(dev) ? inject(config, dev, skbs, result) : -ENETDOWN;
	dev_put(dev);
out_skbs:
	kvfree(skbs);
	return err;
}
