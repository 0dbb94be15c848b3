/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For arch/um/os-Linux/skas/process.c, which reads and writes all floating point registers
 * of a process at each of its system calls, and twice at each of its page faults. Writing
 * them costs the host more than all else of a system call. They are left alone where the
 * process has them already, and around the handler that tells where it faulted: it
 * is not before userspace() has written them that the process goes on.
 */
#include <sched.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sysdep/ptrace_user.h>
#include <registers.h>

/* What processes have, as they were read: one for some of all numbers of processes */
static struct {
	int pid;
	unsigned long fp[FP_SIZE];
} kame_known[64];

#define kame_known(pid) (kame_known + (pid) % 64)

static inline int kame_get_fp(int pid, unsigned long *fp)
{
	int err = get_fp_registers(pid, fp);

	kame_known(pid)->pid = err ? 0 : pid;
	memcpy(kame_known(pid)->fp, fp, sizeof(kame_known->fp));
	return err;
}

static inline int kame_put_fp(int pid, unsigned long *fp)
{
	if (kame_known(pid)->pid == pid && !memcmp(kame_known(pid)->fp, fp, sizeof(kame_known->fp)))
		return 0;
	kame_known(pid)->pid = 0;
	return put_fp_registers(pid, fp);
}

static inline int kame_forget_fp(int pid)
{
	kame_known(pid)->pid = 0;
	return 0;
}

/* A new process may have the number of one that is gone. */
static inline int kame_clone(int (*fn)(void *), void *stack, int flags, void *arg)
{
	int pid = clone(fn, stack, flags, arg);

	if (pid > 0)
		kame_forget_fp(pid);
	return pid;
}

/* What the handler of faults leaves behind is written over. */
#define get_fp_registers(pid, fp) ((fp) == aux_fp_regs ? kame_forget_fp(pid) : kame_get_fp(pid, fp))
#define put_fp_registers(pid, fp) ((fp) == aux_fp_regs ? 0 : kame_put_fp(pid, fp))
#define clone(fn, stack, flags, arg) kame_clone(fn, stack, flags, arg)
