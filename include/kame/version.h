/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_VERSION_H
#define _KAME_VERSION_H

/* Version of the modules and of the kame command, which are built together. */
#define KAME_VERSION "0.1.0"

#endif /* _KAME_VERSION_H */
