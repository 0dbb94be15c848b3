/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_GENL_H
#define _KAME_IPSEC_GENL_H

#include <net/genetlink.h>

#include "netns.h"
#include "policy.h"

struct kame_ipsec_policy *kame_ipsec_genl_parse_policy(struct genl_info *info);
int kame_ipsec_genl_put_policy(struct sk_buff *msg, const struct kame_ipsec_policy *pol);
int kame_ipsec_genl_put_addr(struct sk_buff *msg, int attr, const xfrm_address_t *addr, u8 family);
int kame_ipsec_genl_family(u8 family, const struct nlattr *attr, struct netlink_ext_ack *extack);
int kame_ipsec_genl_addr(const struct nlattr *attr, u8 family, xfrm_address_t *addr,
			 struct netlink_ext_ack *extack);
void *kame_ipsec_genl_put_reply(struct sk_buff *msg, struct genl_info *info, u8 cmd);
void kame_ipsec_genl_no_state(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			      const struct kame_ipsec_flow *flow);
int kame_ipsec_genl_init(void);
void kame_ipsec_genl_uninit(void);

#endif /* _KAME_IPSEC_GENL_H */
