/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_HEAR_H
#define _KAME_ND_HEAR_H

#include <linux/in6.h>
#include <linux/list.h>

struct kame_nd_ns;
struct kame_nd_ra;
struct kame_nd_router;
struct net;

/**
 * enum kame_nd_heard_what - what was heard
 * @KAME_ND_HEARD_RA: a router advertisement
 * @KAME_ND_HEARD_ANSWER: a router answered
 * @KAME_ND_HEARD_FAILURE: the neighbour table has given a router up
 * @KAME_ND_HEARD_TROUBLE: a neighbour does not answer, or is being asked
 *	whether it does
 * @KAME_ND_HEARD_KINDS: how many there are
 */
enum kame_nd_heard_what {
	KAME_ND_HEARD_RA,
	KAME_ND_HEARD_ANSWER,
	KAME_ND_HEARD_FAILURE,
	KAME_ND_HEARD_TROUBLE,
	KAME_ND_HEARD_KINDS
};

/**
 * struct kame_nd_heard - something heard and not learned yet
 * @list: in the namespace's queue
 * @what: what it is
 * @ifindex: where
 * @addr: the neighbour, or unused
 * @ra: the advertisement, or NULL
 */
struct kame_nd_heard {
	struct list_head list;
	enum kame_nd_heard_what what;
	int ifindex;
	struct in6_addr addr;
	struct kame_nd_ra *ra;
};

struct kame_nd_heard *kame_nd_hear_next(struct kame_nd_ns *ns);
void kame_nd_hear_free(struct kame_nd_heard *heard);
void kame_nd_hear_entry(struct kame_nd_router *router);
int kame_nd_hear_net_init(struct net *net);
void kame_nd_hear_net_uninit(struct net *net);
int kame_nd_hear_init(void);
void kame_nd_hear_uninit(void);

#endif /* _KAME_ND_HEAR_H */
