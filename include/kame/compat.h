/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that kame builds for. The code is written
 * for the newest of them; an older one is brought up to it here and nowhere
 * else. Stable kernels backport, so features are probed, versions are not.
 */
#ifndef _KAME_COMPAT_H
#define _KAME_COMPAT_H

#endif /* _KAME_COMPAT_H */
