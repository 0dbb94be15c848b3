/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of "kame ipsec" share. */
#ifndef KAME_IPSEC_H
#define KAME_IPSEC_H

#include "addr.h"
#include "cmd.h"
#include "nl.h"

extern struct nl_family ipsec_family;
extern const struct nl_attrs ipsec_policy_attrs;
extern const struct nl_attrs ipsec_flow_attrs;
extern const struct nl_attrs ipsec_ns_attrs;

/* Each is indexed by its enum in linux/kame_ipsec.h and ends in NULL. */
extern const char *const ipsec_dirs[];
extern const char *const ipsec_actions[];
extern const char *const ipsec_modes[];
extern const char *const ipsec_levels[];

const char *ipsec_name(const char *const *names, uint32_t value);
const char *ipsec_proto_name(uint8_t proto);
const char *ipsec_transform_name(uint8_t proto);

/* Take the value of the keyword before. */
int ipsec_args_proto(struct args *args, uint8_t *proto);
int ipsec_args_transform(struct args *args, uint8_t *proto);
int ipsec_args_family(struct args *args, int *family);
int ipsec_args_range(struct args *args, uint16_t *min, uint16_t *max);
int ipsec_args_mark(struct args *args, uint32_t *mark, uint32_t *mask);

/* Prints a policy; in columns, or as words in a line. */
void ipsec_print_policy(const struct nlattr *const *tb, bool columns);
/* A device by its name, or by its number where it is gone */
void ipsec_out_device(const char *key, uint32_t ifindex);
void ipsec_out_hex(const char *key, uint32_t value);

int ipsec_policy(struct args *args);
int ipsec_explain(struct args *args);
int ipsec_print_no_state(const struct nlmsghdr *nlh);

#endif /* KAME_IPSEC_H */
