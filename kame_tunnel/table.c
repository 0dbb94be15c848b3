// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tunnels of a namespace by their endpoints, so that the cost of finding
 * the one that a packet is for does not depend on their number.
 */
#include <linux/hash.h>

#include "kame_tunnel.h"

static inline u64 mix(u64 h, const __be32 *half)
{
	h ^= (__force u64)half[0] << 32 | (__force u32)half[1];
	h *= GOLDEN_RATIO_64;
	return h ^ h >> 32;
}

static inline u32 key_hash(const void *data, u32 len, u32 seed)
{
	const struct kame_tunnel_key *key = data;
	u64 h = seed;

	/* Only this host's settings are in the table: nobody else can fill a
	 * chain, so a cheap hash is good enough. But addresses that are given
	 * out by a rule must not meet: each word is mixed with the seed, and
	 * with those before, on its own.
	 */
	h = mix(h, &key->local.s6_addr32[0]);
	h = mix(h, &key->local.s6_addr32[2]);
	h = mix(h, &key->remote.s6_addr32[0]);
	h = mix(h, &key->remote.s6_addr32[2]);
	return h * GOLDEN_RATIO_64 >> 32;
}

static u32 obj_hash(const void *data, u32 len, u32 seed)
{
	const struct kame_tunnel_cfg *cfg = data;

	return key_hash(&cfg->key, len, seed);
}

static inline int obj_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct kame_tunnel_key *key = arg->key;
	const struct kame_tunnel_cfg *cfg = obj;

	return !ipv6_addr_equal(&cfg->key.remote, &key->remote) ||
	       !ipv6_addr_equal(&cfg->key.local, &key->local);
}

static const struct rhashtable_params table_params = {
	.head_offset = offsetof(struct kame_tunnel_cfg, node),
	.key_len = sizeof(struct kame_tunnel_key),
	.hashfn = key_hash,
	.obj_hashfn = obj_hash,
	.obj_cmpfn = obj_differs,
	.automatic_shrinking = true,
};

int kame_tunnel_table_init(struct kame_tunnel_net *kn)
{
	return rhashtable_init(&kn->table, &table_params);
}

void kame_tunnel_table_uninit(struct kame_tunnel_net *kn)
{
	rhashtable_destroy(&kn->table);
}

static bool any_local(const struct kame_tunnel_key *key)
{
	return ipv6_addr_any(&key->local) ||
	       (ipv6_addr_v4mapped(&key->local) && !key->local.s6_addr32[3]);
}

/**
 * kame_tunnel_table_find() - find the settings with exactly these endpoints
 * @kn: namespace of the outer packets
 * @key: the endpoints
 *
 * Context: RCU read side, or RTNL.
 * Return: the settings, or NULL.
 */
struct kame_tunnel_cfg *kame_tunnel_table_find(struct kame_tunnel_net *kn,
					       const struct kame_tunnel_key *key)
{
	return rhashtable_lookup_fast(&kn->table, key, table_params);
}

/**
 * kame_tunnel_table_match() - find the tunnel that a packet is for
 * @kn: namespace of the outer packets
 * @key: destination of the packet as the local address, source as the remote
 *	one; @key->local is overwritten if only a tunnel without a local address
 *	can match
 *
 * Context: RCU read side.
 * Return: the settings of the tunnel, or NULL.
 */
struct kame_tunnel_cfg *kame_tunnel_table_match(struct kame_tunnel_net *kn,
						struct kame_tunnel_key *key)
{
	struct kame_tunnel_cfg *cfg;

	cfg = rhashtable_lookup(&kn->table, key, table_params);
	if (likely(cfg) || !READ_ONCE(kn->any_local))
		return cfg;

	if (ipv6_addr_v4mapped(&key->local))
		key->local.s6_addr32[3] = 0;
	else
		key->local = in6addr_any;
	return rhashtable_lookup(&kn->table, key, table_params);
}

/**
 * kame_tunnel_table_add() - enter settings
 * @kn: namespace of the outer packets
 * @cfg: the settings
 *
 * Context: RTNL.
 * Return: 0, -EEXIST if the endpoints are taken, -ENOMEM or -E2BIG.
 */
int kame_tunnel_table_add(struct kame_tunnel_net *kn, struct kame_tunnel_cfg *cfg)
{
	int err;

	ASSERT_RTNL();
	err = rhashtable_lookup_insert_key(&kn->table, &cfg->key, &cfg->node, table_params);
	if (!err && any_local(&cfg->key))
		WRITE_ONCE(kn->any_local, kn->any_local + 1);
	return err;
}

/**
 * kame_tunnel_table_replace() - change settings
 * @kn: namespace of the outer packets
 * @old: the settings that are in the table
 * @cfg: the settings to take their place, maybe with other endpoints
 *
 * Context: RTNL.
 * Return: 0, or an error as kame_tunnel_table_add() has and nothing changed.
 */
int kame_tunnel_table_replace(struct kame_tunnel_net *kn, struct kame_tunnel_cfg *old,
			      struct kame_tunnel_cfg *cfg)
{
	int err;

	ASSERT_RTNL();
	if (!memcmp(&old->key, &cfg->key, sizeof(old->key)))
		return rhashtable_replace_fast(&kn->table, &old->node, &cfg->node, table_params);

	err = kame_tunnel_table_add(kn, cfg);
	if (!err)
		kame_tunnel_table_del(kn, old);
	return err;
}

/**
 * kame_tunnel_table_del() - take settings out
 * @kn: namespace of the outer packets
 * @cfg: the settings; readers may see them until a grace period is over
 *
 * Context: RTNL.
 */
void kame_tunnel_table_del(struct kame_tunnel_net *kn, struct kame_tunnel_cfg *cfg)
{
	ASSERT_RTNL();
	if (!rhashtable_remove_fast(&kn->table, &cfg->node, table_params) && any_local(&cfg->key))
		WRITE_ONCE(kn->any_local, kn->any_local - 1);
}
