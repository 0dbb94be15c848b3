/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of kame ipv6 that have a file of their own. */
#ifndef KAME_IPV6_H
#define KAME_IPV6_H

struct args;

/* ipv6_lookup.c */
int ipv6_lookup_bench(struct args *args);

#endif /* KAME_IPV6_H */
