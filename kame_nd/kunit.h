/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_KUNIT_H
#define _KAME_ND_KUNIT_H

/* What only this module's tests call from outside is static without them. */
#include <kunit/visibility.h>

#endif /* _KAME_ND_KUNIT_H */
