// SPDX-License-Identifier: GPL-2.0-only
/*
 * The biggest packet that passes, against the sizes that RFC 4303 and RFC 4302 give.
 */
#include <crypto/aead.h>
#include <kunit/test.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "bundle.h"

/**
 * struct transform - a transform whose overhead is known
 * @name: for the report
 * @block: what the payload is padded to, bytes
 * @iv: length of the initialisation vector, bytes
 * @icv: length of the integrity check value, bytes
 */
struct transform {
	const char *name;
	unsigned int block;
	unsigned int iv;
	unsigned int icv;
};

static const struct transform transforms[] = {
	{ "gcm", 1, 8, 16 },
	{ "cbc", 16, 16, 16 },
};

/**
 * struct fake - a state of ESP without an algorithm
 * @x: the state
 * @type: says that it is ESP
 * @alg: gives the block
 * @tfm: gives the length of the integrity check value
 *
 * Real algorithms have modprobe called for each, and for each that is not there, which takes
 * minutes on an emulated machine. The sizes of real states are checked by the scripts.
 */
struct fake {
	struct xfrm_state x;
	struct xfrm_type type;
	struct crypto_alg alg;
	struct crypto_aead tfm;
};

static struct xfrm_state *make_state(struct kunit *test, const struct transform *t, u8 family,
				     u8 inner, u8 mode)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct xfrm_state *x;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->type.proto = IPPROTO_ESP;
	fake->alg.cra_blocksize = t->block;
	fake->tfm.base.__crt_alg = &fake->alg;
	fake->tfm.authsize = t->icv;
	x = &fake->x;
	x->type = &fake->type;
	x->data = &fake->tfm;
	x->id.proto = IPPROTO_ESP;
	x->props.family = family;
	x->props.mode = mode;
	x->props.header_len = 8 + t->iv;
	if (mode == XFRM_MODE_TUNNEL)
		x->props.header_len += family == AF_INET ? 20 : 40;
	x->sel.family = inner;
	x->km.state = XFRM_STATE_VALID;
	return x;
}

/* Length on the wire of a packet of @len bytes whose IP header has @ip */
static unsigned int on_wire(const struct transform *t, unsigned int outer, unsigned int ip,
			    u8 mode, unsigned int len)
{
	unsigned int payload = mode == XFRM_MODE_TUNNEL ? len : len - ip;
	unsigned int head = mode == XFRM_MODE_TUNNEL ? outer : ip;

	return head + 8 + t->iv + ALIGN(payload + 2, max(t->block, 4U)) + t->icv;
}

static void compare(struct kunit *test, const struct transform *t, u8 family, u8 inner, u8 mode)
{
	struct xfrm_state *x = make_state(test, t, family, inner, mode);
	unsigned int outer = family == AF_INET ? 20 : 40, ip = inner == AF_INET ? 20 : 40;
	u32 child, mtu;

	/* On both sides of where an inner IPv6 packet of 1280 bytes fits */
	for (child = 1280; child < 1440; child++) {
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
}

static void path_mtu(struct kunit *test)
{
	unsigned int i;

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
