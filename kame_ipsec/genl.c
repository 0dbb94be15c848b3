// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family kame_ipsec, specs/kame_ipsec.yaml.
 */
#include <net/genetlink.h>
#include <net/sock.h>

#include <kame/version.h>
#include <uapi/linux/kame_ipsec.h>

#include "explain.h"
#include "genl.h"
#include "genl_gen.h"
#include "mib.h"
#include "netns.h"
#include "policy.h"
#include "state.h"

/* A state that is sooner there is not asked for. */
#define HOLD_MS_MIN 10

static struct genl_family family;

static int fill_policy(struct sk_buff *msg, const struct kame_ipsec_policy *pol, u32 portid,
		       u32 seq, int flags, u8 cmd)
{
	void *hdr = genlmsg_put(msg, portid, seq, &family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (kame_ipsec_genl_put_policy(msg, pol)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* Tell listeners of a policy. Context: kame_ipsec_ns.lock. */
static void notify(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol, u8 cmd)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&family, ns->net, KAME_IPSEC_NLGRP_MGMT))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	if (fill_policy(msg, pol, 0, 0, 0, cmd)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&family, ns->net, msg, 0, KAME_IPSEC_NLGRP_MGMT, GFP_KERNEL);
}

/* The policy that a request names. Context: kame_ipsec_ns.lock. */
static struct kame_ipsec_policy *info_policy(struct kame_ipsec_ns *ns, struct genl_info *info)
{
	const struct nlattr *index = info->attrs[KAME_IPSEC_A_POLICY_INDEX];
	struct kame_ipsec_policy *pol;

	if (GENL_REQ_ATTR_CHECK(info, KAME_IPSEC_A_POLICY_INDEX)) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request names no policy");
		return ERR_PTR(-EINVAL);
	}
	pol = kame_ipsec_policy_get(ns, nla_get_u32(index));
	if (!pol) {
		NL_SET_ERR_MSG_ATTR(info->extack, index, "no policy has this index");
		return ERR_PTR(-ENOENT);
	}
	return pol;
}

int kame_ipsec_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(genl_info_net(info));
	struct kame_ipsec_policy *pol;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&ns->lock);
	pol = info_policy(ns, info);
	err = PTR_ERR_OR_ZERO(pol);
	if (!err)
		err = fill_policy(msg, pol, info->snd_portid, info->snd_seq, 0,
				  KAME_IPSEC_CMD_POLICY_GET);
	mutex_unlock(&ns->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int kame_ipsec_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(sock_net(skb->sk));
	struct kame_ipsec_policy *pol;
	int index = cb->args[0];

	mutex_lock(&ns->lock);
	cb->seq = ns->gen;
	idr_for_each_entry_continue(&ns->by_index, pol, index) {
		if (fill_policy(skb, pol, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				NLM_F_MULTI, KAME_IPSEC_CMD_POLICY_GET))
			break;
		/* A reader of a table that changes meanwhile is told so. */
		nl_dump_check_consistent(cb, nlmsg_hdr(skb));
	}
	mutex_unlock(&ns->lock);
	cb->args[0] = index;
	return skb->len;
}

static int reply_added(struct genl_info *info, const struct kame_ipsec_policy *pol)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &family, 0, KAME_IPSEC_CMD_POLICY_ADD);
	if (!hdr || nla_put_u32(msg, KAME_IPSEC_A_POLICY_INDEX, pol->index) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_REQID, pol->tmpl.reqid)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int kame_ipsec_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(genl_info_net(info));
	bool check = info->attrs[KAME_IPSEC_A_POLICY_CHECK];
	struct kame_ipsec_policy *pol;
	int err;

	pol = kame_ipsec_genl_parse_policy(info);
	if (IS_ERR(pol))
		return PTR_ERR(pol);
	mutex_lock(&ns->lock);
	err = kame_ipsec_policy_add(ns, pol, info->attrs[KAME_IPSEC_A_POLICY_REPLACE], check,
				    info->extack);
	if (!err && !check) {
		notify(ns, pol, KAME_IPSEC_CMD_POLICY_NTF);
		/* The policy is there, with or without an answer. */
		reply_added(info, pol);
	}
	mutex_unlock(&ns->lock);
	if (err || check)
		kame_ipsec_policy_free(pol);
	return err;
}

int kame_ipsec_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(genl_info_net(info));
	struct kame_ipsec_policy *pol;
	int err;

	mutex_lock(&ns->lock);
	pol = info_policy(ns, info);
	err = PTR_ERR_OR_ZERO(pol);
	if (!err) {
		notify(ns, pol, KAME_IPSEC_CMD_POLICY_DEL_NTF);
		kame_ipsec_policy_del(ns, pol);
	}
	mutex_unlock(&ns->lock);
	return err;
}

int kame_ipsec_nl_policy_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(genl_info_net(info));
	const struct nlattr *attr = info->attrs[KAME_IPSEC_A_POLICY_DIR];
	int dir = attr ? (int)nla_get_u32(attr) : -1;
	struct kame_ipsec_policy *pol;
	int index;

	mutex_lock(&ns->lock);
	idr_for_each_entry(&ns->by_index, pol, index)
		if (dir < 0 || pol->dir == dir)
			notify(ns, pol, KAME_IPSEC_CMD_POLICY_DEL_NTF);
	kame_ipsec_policy_flush(ns, dir);
	mutex_unlock(&ns->lock);
	return 0;
}

int kame_ipsec_nl_explain_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;
	int err;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &family, 0, KAME_IPSEC_CMD_EXPLAIN);
	err = hdr ? kame_ipsec_explain(kame_ipsec_ns(genl_info_net(info)), info, msg) : -EMSGSIZE;
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int fill_no_state(struct sk_buff *msg, const struct kame_ipsec_policy *pol,
			 const struct kame_ipsec_flow *flow)
{
	const struct kame_ipsec_tmpl *tmpl = &pol->tmpl;
	bool tunnel = tmpl->mode == XFRM_MODE_TUNNEL;
	struct kame_ipsec_ends ends;
	void *hdr;

	hdr = genlmsg_put(msg, 0, 0, &family, 0, KAME_IPSEC_CMD_NO_STATE_NTF);
	if (!hdr)
		return -EMSGSIZE;
	kame_ipsec_state_ends(&ends, pol, flow);
	if (nla_put_u32(msg, KAME_IPSEC_A_FLOW_POLICY, pol->index) ||
	    nla_put_u32(msg, KAME_IPSEC_A_FLOW_DIR, flow->dir) ||
	    nla_put_u8(msg, KAME_IPSEC_A_FLOW_FAMILY, flow->family) ||
	    kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_SRC, &flow->src, flow->family) ||
	    kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_DST, &flow->dst, flow->family) ||
	    nla_put_u8(msg, KAME_IPSEC_A_FLOW_PROTO, flow->proto) ||
	    nla_put_u16(msg, KAME_IPSEC_A_FLOW_SPORT, flow->sport) ||
	    nla_put_u16(msg, KAME_IPSEC_A_FLOW_DPORT, flow->dport) ||
	    nla_put_u8(msg, KAME_IPSEC_A_FLOW_TRANSFORM, tmpl->proto) ||
	    nla_put_u32(msg, KAME_IPSEC_A_FLOW_MODE,
			tunnel ? KAME_IPSEC_MODE_TUNNEL : KAME_IPSEC_MODE_TRANSPORT) ||
	    nla_put_u32(msg, KAME_IPSEC_A_FLOW_REQID, tmpl->reqid) ||
	    (tmpl->spi && nla_put_be32(msg, KAME_IPSEC_A_FLOW_SPI, tmpl->spi)) ||
	    kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_OUTER_SRC, &ends.src, tmpl->family) ||
	    kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_OUTER_DST, &ends.dst, tmpl->family))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * kame_ipsec_genl_no_state - tell listeners that a packet found no state
 * @ns: the namespace
 * @pol: the policy, of action protect
 * @flow: the packet, with all fields
 *
 * Context: any but hard interrupt.
 */
void kame_ipsec_genl_no_state(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			      const struct kame_ipsec_flow *flow)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&family, ns->net, KAME_IPSEC_NLGRP_STATE))
		return;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!msg)
		return;
	if (fill_no_state(msg, pol, flow)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&family, ns->net, msg, 0, KAME_IPSEC_NLGRP_STATE, GFP_ATOMIC);
}

static int fill_ns(struct sk_buff *msg, struct genl_info *info)
{
	const struct kame_ipsec_ns *ns = kame_ipsec_ns(genl_info_net(info));
	u64 sum[__KAME_IPSEC_MIB_MAX] = {};
	void *hdr;

	hdr = genlmsg_put_reply(msg, info, &family, 0, KAME_IPSEC_CMD_NS_GET);
	if (!hdr)
		return -EMSGSIZE;
	kame_ipsec_mib_add(sum, ns->mib);
	if (nla_put_u32(msg, KAME_IPSEC_A_NS_ABI, KAME_IPSEC_ABI) ||
	    nla_put_string(msg, KAME_IPSEC_A_NS_VERSION, KAME_VERSION) ||
	    nla_put_u32(msg, KAME_IPSEC_A_NS_HOLD_MAX, READ_ONCE(ns->hold_max)) ||
	    nla_put_u32(msg, KAME_IPSEC_A_NS_HOLD_MS, READ_ONCE(ns->hold_ms)) ||
	    nla_put_u32(msg, KAME_IPSEC_A_NS_QUOTE, READ_ONCE(ns->quote)) ||
	    nla_put_u32(msg, KAME_IPSEC_A_NS_POLICIES, READ_ONCE(ns->policies)) ||
	    nla_put_64bit(msg, KAME_IPSEC_A_NS_MIB, sizeof(sum), sum, KAME_IPSEC_A_NS_PAD))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

int kame_ipsec_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *abi = info->attrs[KAME_IPSEC_A_NS_ABI];
	struct sk_buff *msg;
	int err;

	if (abi && nla_get_u32(abi) != KAME_IPSEC_ABI) {
		NL_SET_ERR_MSG_ATTR(info->extack, abi,
				    "the module speaks version " __stringify(KAME_IPSEC_ABI)
				    " of this interface");
		return -EPROTO;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = fill_ns(msg, info);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int kame_ipsec_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(genl_info_net(info));
	const struct nlattr *hold_max = info->attrs[KAME_IPSEC_A_NS_HOLD_MAX];
	const struct nlattr *hold_ms = info->attrs[KAME_IPSEC_A_NS_HOLD_MS];
	const struct nlattr *quote = info->attrs[KAME_IPSEC_A_NS_QUOTE];

	if (!hold_max && !hold_ms && !quote) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request sets nothing");
		return -EINVAL;
	}
	if (hold_ms && nla_get_u32(hold_ms) < HOLD_MS_MIN) {
		NL_SET_ERR_MSG_ATTR(info->extack, hold_ms,
				    "a packet is held for at least 10 milliseconds");
		return -ERANGE;
	}
	if (hold_max)
		WRITE_ONCE(ns->hold_max, nla_get_u32(hold_max));
	if (hold_ms)
		WRITE_ONCE(ns->hold_ms, nla_get_u32(hold_ms));
	if (quote)
		WRITE_ONCE(ns->quote, nla_get_u32(quote));
	return 0;
}

static struct genl_family family __ro_after_init = {
	.name = KAME_IPSEC_FAMILY_NAME,
	.version = KAME_IPSEC_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = kame_ipsec_nl_ops,
	.n_ops = ARRAY_SIZE(kame_ipsec_nl_ops),
	/* Every request is checked strictly. */
	.resv_start_op = KAME_IPSEC_CMD_POLICY_GET,
	.mcgrps = kame_ipsec_nl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(kame_ipsec_nl_mcgrps),
};

int __init kame_ipsec_genl_init(void)
{
	return genl_register_family(&family);
}

void kame_ipsec_genl_uninit(void)
{
	genl_unregister_family(&family);
}
