// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits: the count of nested transmissions, and the bounds of the settings.
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/kame_tunnel_link.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "kame_tunnel.h"
#include "loop.h"

#define DEPTH	8

static struct kame_tunnel *new_tunnels(struct kunit *test, size_t n)
{
	struct kame_tunnel *t = kunit_kzalloc(test, n * sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

/* Frames count up and down, and know what they are nested in. */
static void frames(struct kunit *test)
{
	struct kame_tunnel_frame f[DEPTH];
	struct kame_tunnel *t = new_tunnels(test, DEPTH / 2);
	int round, i;

	for (round = 0; round < 3; round++) {
		local_bh_disable();
		for (i = 0; i < DEPTH; i++) {
			kame_tunnel_loop_enter(&f[i], &t[i / 2], NULL);
			KUNIT_EXPECT_EQ(test, f[i].depth, i + 1);
			KUNIT_EXPECT_FALSE(test, f[i].looped);
			KUNIT_EXPECT_PTR_EQ(test, f[i].outer,
					    i ? &f[i - 1] : (struct kame_tunnel_frame *)NULL);
		}
		for (i = DEPTH - 1; i >= 0; i--)
			kame_tunnel_loop_leave(&f[i]);
		local_bh_enable();
	}
}

/* A packet that is back counts as a loop only where another kind of tunnel was between. */
static void frames_again(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL), *other = alloc_skb(64, GFP_KERNEL);
	struct kame_tunnel *t = new_tunnels(test, 2);
	struct kame_tunnel_frame f[3] = {
		{ .t = &t[0], .skb = skb, .level = 1 },
		{ .t = &t[1], .skb = skb, .level = 2, .outer = &f[0] },
		{ .t = &t[0], .skb = skb, .level = 3, .outer = &f[1] },
	};

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_FALSE(test, kame_tunnel_loop_again(&f[0]));
	KUNIT_EXPECT_FALSE(test, kame_tunnel_loop_again(&f[1]));
	KUNIT_EXPECT_FALSE(test, kame_tunnel_loop_again(&f[2]));

	f[2].level = 4;
	KUNIT_EXPECT_TRUE(test, kame_tunnel_loop_again(&f[2]));
	f[2].skb = other;
	KUNIT_EXPECT_FALSE(test, kame_tunnel_loop_again(&f[2]));
	f[2].skb = skb;
	f[2].t = &t[1];
	KUNIT_EXPECT_TRUE(test, kame_tunnel_loop_again(&f[2]));
	f[1].t = &t[0];
	KUNIT_EXPECT_FALSE(test, kame_tunnel_loop_again(&f[1]));
	kfree_skb(skb);
	kfree_skb(other);
}

/**
 * struct bound - a value of an attribute, and whether it is to be taken
 * @attr: the attribute
 * @len: its length
 * @value: its value
 * @ipv6: of a tunnel over IPv6
 * @ok: it is a good one
 */
struct bound {
	u16 attr;
	u16 len;
	u32 value;
	bool ipv6;
	bool ok;
};

static const struct bound bounds[] = {
	{ IFLA_KAME_TUNNEL_HOPLIMIT, 1, 0, false, true },
	{ IFLA_KAME_TUNNEL_HOPLIMIT, 1, 255, false, true },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 0, false, true },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 0xfc, false, true },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 0xff, false, false },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 1, false, false },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 0x100, false, true },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 0x101, false, false },
	{ IFLA_KAME_TUNNEL_TCLASS, 2, 0xffff, false, false },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0, true, true },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0xfffff, true, true },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0x100000, true, true },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0x100001, true, true },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0x100002, true, false },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0xffffffff, true, false },
	{ IFLA_KAME_TUNNEL_FLOWLABEL, 4, 0, false, false },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 0, true, true },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 255, true, true },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 0x100, true, true },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 0x101, true, false },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 0xffff, true, false },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 4, false, false },
	{ IFLA_KAME_TUNNEL_ENCAPLIMIT, 2, 0x100, false, true },
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0x0100000a, false, true },
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0x0200000a, false, false },	/* the other end's */
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0x0100007f, false, false },
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0x010000e0, false, false },
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0xffffffff, false, false },
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0x01000000, false, true },		/* 0.0.0.1 is unicast */
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0, false, true },
	{ IFLA_KAME_TUNNEL_LOCAL, 4, 0x0100000a, true, false },
	{ IFLA_KAME_TUNNEL_LOCAL, 2, 0, false, false },
	{ IFLA_KAME_TUNNEL_LOCAL, 16, 0, true, true },
	{ IFLA_KAME_TUNNEL_LOCAL, 16, 0, false, false },
};

/* Room for one attribute with an address */
struct one_attr {
	struct nlattr head;
	u8 payload[sizeof(struct in6_addr)];
};

static void set_attr(struct one_attr *a, u16 type, const void *value, size_t len)
{
	memset(a, 0, sizeof(*a));
	a->head.nla_type = type;
	a->head.nla_len = NLA_HDRLEN + len;
	memcpy(a->payload, value, min(len, sizeof(u32)));
}

static void settings(struct kunit *test)
{
	static const u32 remote4 = 0x0200000a, remote6 = 0x000000fd;
	struct kame_tunnel *t = new_tunnels(test, 1);
	int i;

	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		const struct bound *b = &bounds[i];
		struct nlattr *data[IFLA_KAME_TUNNEL_MAX + 1] = {};
		struct kame_tunnel_cfg cfg = { .t = t };
		struct netlink_ext_ack extack = {};
		struct one_attr remote, one;
		int err;

		set_attr(&remote, IFLA_KAME_TUNNEL_REMOTE, b->ipv6 ? &remote6 : &remote4,
			 b->ipv6 ? 16 : 4);
		set_attr(&one, b->attr, &b->value, b->len);
		data[IFLA_KAME_TUNNEL_REMOTE] = &remote.head;
		data[b->attr] = &one.head;
		err = kame_tunnel_cfg_parse(&cfg, data, &init_net, &extack);
		KUNIT_EXPECT_EQ_MSG(test, err, b->ok ? 0 : -EINVAL, "attribute %u, value 0x%x",
				    b->attr, b->value);
		/* What is refused is refused in words, and is pointed at. */
		KUNIT_EXPECT_EQ_MSG(test, !b->ok, !!extack._msg, "attribute %u, value 0x%x, IPv6 %d",
				    b->attr, b->value, b->ipv6);
		if (!b->ok)
			KUNIT_EXPECT_NOT_NULL(test, extack.bad_attr);
	}
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(frames),
	KUNIT_CASE(frames_again),
	KUNIT_CASE(settings),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "kame_tunnel_limits",
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);
