/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For arch/um/kernel/tlb.c. Where a fork fails, as its process is being killed, the copy of
 * its address space ends in an entry that is no area. exit_mmap() stops there;
 * flush_tlb_mm() of user mode goes on, and dies of it.
 */
#include <linux/mm.h>

#undef for_each_vma
#define for_each_vma(vmi, vma) while (((vma) = vma_next(&(vmi))) && !xa_is_zero(vma))
