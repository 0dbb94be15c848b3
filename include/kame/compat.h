/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that kame builds for. The code is written
 * for the newest of them; an older one is brought up to it here and nowhere
 * else. Stable kernels backport, so features are probed (probe.mk), versions
 * are not.
 */
#ifndef _KAME_COMPAT_H
#define _KAME_COMPAT_H

#ifdef KAME_HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

struct net;

/* Exported to modules, but declared only in the kernel's own nf_internals.h. */
void nf_queue_nf_hook_drop(struct net *net);

#endif /* _KAME_COMPAT_H */
