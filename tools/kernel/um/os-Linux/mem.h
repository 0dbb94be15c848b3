/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For arch/um/os-Linux/mem.c. Each address space of a user-mode kernel's processes begins
 * as a fork of the kernel. It would copy, and then drop, the page tables of KASAN's shadow:
 * a quarter of all that a test computes. What else is mapped there is shared.
 */
#include <sys/mman.h>

static inline void *kame_mmap(void *start, size_t length, int prot, int flags, int fd, off_t offset)
{
	void *at = mmap(start, length, prot, flags, fd, offset);

	if (at != MAP_FAILED && (flags & MAP_NORESERVE))
		madvise(at, length, MADV_DONTFORK);
	return at;
}

#define mmap kame_mmap
