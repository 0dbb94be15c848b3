// SPDX-License-Identifier: GPL-2.0-only
/*
 * The biggest packet that passes, against the sizes that RFC 4303 and RFC 4302 give.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "bundle.h"

/**
 * struct transform - a transform whose overhead is known
 * @name: for the report
 * @aead: name of the algorithm, or NULL
 * @geniv: name of what makes the initialisation vector
 * @block: what the payload is padded to, bytes
 * @iv: length of the initialisation vector, bytes
 * @icv: length of the integrity check value, bytes
 */
struct transform {
	const char *name;
	const char *aead;
	const char *geniv;
	unsigned int block;
	unsigned int iv;
	unsigned int icv;
};

static const struct transform transforms[] = {
	{ "gcm", "rfc4106(gcm(aes))", "seqiv", 4, 8, 16 },
	{ "cbc", NULL, "echainiv", 16, 16, 16 },
};

static void set_algorithms(struct kunit *test, struct xfrm_state *x, const struct transform *t)
{
	x->geniv = t->geniv;
	if (t->aead) {
		x->aead = kzalloc(sizeof(*x->aead) + 20, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, x->aead);
		strscpy(x->aead->alg_name, t->aead, sizeof(x->aead->alg_name));
		x->aead->alg_key_len = 160;
		x->aead->alg_icv_len = t->icv * 8;
		return;
	}
	x->ealg = kzalloc(sizeof(*x->ealg) + 16, GFP_KERNEL);
	x->aalg = kzalloc(sizeof(*x->aalg) + 32, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, x->ealg);
	KUNIT_ASSERT_NOT_NULL(test, x->aalg);
	strscpy(x->ealg->alg_name, "cbc(aes)", sizeof(x->ealg->alg_name));
	x->ealg->alg_key_len = 128;
	strscpy(x->aalg->alg_name, "hmac(sha256)", sizeof(x->aalg->alg_name));
	x->aalg->alg_key_len = 256;
	x->aalg->alg_trunc_len = t->icv * 8;
}

static struct xfrm_state *make_state(struct kunit *test, const struct transform *t, u8 family,
				     u8 inner, u8 mode)
{
	struct xfrm_state *x = xfrm_state_alloc(&init_net);

	KUNIT_ASSERT_NOT_NULL(test, x);
	x->id.proto = IPPROTO_ESP;
	x->id.spi = htonl(0x4713);
	x->id.daddr.a4 = htonl(0x0a000001);
	x->props.family = family;
	x->props.mode = mode;
	x->sel.family = inner;
	set_algorithms(test, x, t);
	KUNIT_ASSERT_EQ(test, xfrm_init_state(x), 0);
	x->km.state = XFRM_STATE_VALID;
	return x;
}

/* Length on the wire of a packet of @len bytes whose IP header has @ip */
static unsigned int on_wire(const struct transform *t, unsigned int outer, unsigned int ip,
			    u8 mode, unsigned int len)
{
	unsigned int payload = mode == XFRM_MODE_TUNNEL ? len : len - ip;
	unsigned int head = mode == XFRM_MODE_TUNNEL ? outer : ip;

	return head + 8 + t->iv + ALIGN(payload + 2, t->block) + t->icv;
}

static void compare(struct kunit *test, const struct transform *t, u8 family, u8 inner, u8 mode)
{
	struct xfrm_state *x = make_state(test, t, family, inner, mode);
	unsigned int outer = family == AF_INET ? 20 : 40, ip = inner == AF_INET ? 20 : 40;
	u32 child, mtu;

	for (child = 576; child < 1600; child++) {
		mtu = kame_ipsec_bundle_mtu(x, child, inner);
		if (inner == AF_INET6 && mtu == IPV6_MIN_MTU) {
			KUNIT_EXPECT_GT(test, on_wire(t, outer, ip, mode, mtu + 1), child);
			continue;
		}
		KUNIT_EXPECT_LE_MSG(test, on_wire(t, outer, ip, mode, mtu), child,
				    "%s: %u bytes", t->name, mtu);
		KUNIT_EXPECT_GT_MSG(test, on_wire(t, outer, ip, mode, mtu + 1), child,
				    "%s: %u bytes", t->name, mtu);
	}
	x->km.state = XFRM_STATE_DEAD;
	xfrm_state_put(x);
}

static void path_mtu(struct kunit *test)
{
	unsigned int i;

	xfrm_probe_algs();
	for (i = 0; i < ARRAY_SIZE(transforms); i++) {
		const struct transform *t = &transforms[i];

		compare(test, t, AF_INET, AF_INET, XFRM_MODE_TUNNEL);
		compare(test, t, AF_INET, AF_INET6, XFRM_MODE_TUNNEL);
		compare(test, t, AF_INET6, AF_INET, XFRM_MODE_TUNNEL);
		compare(test, t, AF_INET6, AF_INET6, XFRM_MODE_TUNNEL);
		compare(test, t, AF_INET, AF_INET, XFRM_MODE_TRANSPORT);
		compare(test, t, AF_INET6, AF_INET6, XFRM_MODE_TRANSPORT);
	}
}

static struct kunit_case mtu_cases[] = {
	KUNIT_CASE(path_mtu),
	{}
};

static struct kunit_suite mtu_suite = {
	.name = "kame_ipsec_mtu",
	.test_cases = mtu_cases,
};

kunit_test_suite(mtu_suite);
