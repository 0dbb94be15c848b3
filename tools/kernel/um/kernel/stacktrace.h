/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For arch/um/kernel/stacktrace.c. dump_trace() looks up each word of the stack among the
 * functions and modules, and save_addr() drops what is not of a frame: KASAN, lockdep and
 * kmemleak, which save traces all the time, need no more than the frames looked up.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <asm/stacktrace.h>

static void save_addr(void *data, unsigned long address, int reliable);

#define __kernel_text_address(word)							\
	((ops->address != save_addr || (unsigned long)sp == bp + sizeof(long)) &&	\
	 (__kernel_text_address)(word))
