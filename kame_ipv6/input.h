/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_INPUT_H
#define _KAME_IPV6_INPUT_H

#include <linux/netdevice.h>

rx_handler_result_t kame_ipv6_input_rx_handler(struct sk_buff **pskb);
int kame_ipv6_input_rcv(struct sk_buff *skb, struct net_device *dev,
			struct packet_type *type, struct net_device *orig_dev);
void kame_ipv6_input_list_rcv(struct list_head *head, struct packet_type *type,
			      struct net_device *orig_dev);

#endif /* _KAME_IPV6_INPUT_H */
