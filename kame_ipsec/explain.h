/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_EXPLAIN_H
#define _KAME_IPSEC_EXPLAIN_H

#include <net/genetlink.h>

#include "netns.h"

int kame_ipsec_explain(struct kame_ipsec_ns *ns, struct genl_info *info, struct sk_buff *msg);

#endif /* _KAME_IPSEC_EXPLAIN_H */
