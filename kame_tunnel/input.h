/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_TUNNEL_INPUT_H
#define _KAME_TUNNEL_INPUT_H

#include <linux/types.h>

struct iphdr;
struct ipv6hdr;

#if IS_ENABLED(CONFIG_KUNIT)
bool kame_tunnel_input_martian4(const struct iphdr *iph);
bool kame_tunnel_input_martian6(const struct ipv6hdr *ip6h);
#endif

#endif /* _KAME_TUNNEL_INPUT_H */
