/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_TUNNEL_CHECK_H
#define _KAME_TUNNEL_CHECK_H

#include <linux/kame_tunnel.h>

struct kame_tunnel_path;
struct net_device;

#if IS_ENABLED(CONFIG_KUNIT)
void kame_tunnel_check_graph(const struct net_device *dev,
			     const struct net_device *(*step)(const struct net_device *dev,
							      void *arg,
							      enum kame_tunnel_path_end *end),
			     void *arg, struct kame_tunnel_path *path);
#endif

#endif /* _KAME_TUNNEL_CHECK_H */
