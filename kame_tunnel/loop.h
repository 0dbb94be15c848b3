/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The count of nested transmissions (INET'99 paper, section 3.3).
 *
 * Each call of the transmit function puts a frame, on its own stack, on top of
 * the frames of the calls that it is nested in. The number of frames is the
 * counter of the paper, and the frames are the chain of devices that the packet
 * walked. A frame leaves by the one function exit that there is.
 */
#ifndef _KAME_TUNNEL_LOOP_H
#define _KAME_TUNNEL_LOOP_H

#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched.h>

struct kame_tunnel;
struct kame_tunnel_path;
struct sk_buff;

/**
 * struct kame_tunnel_frame - one transmission under way
 * @outer: the transmission that this one is nested in, or NULL
 * @t: the tunnel
 * @skb: the packet
 * @level: how deep the kernel counts transmissions of devices of all kinds
 * @depth: number of transmissions from the outermost to this one
 * @looped: this one, or one nested in it, found a loop
 * @next: next frame of the CPU, of whatever task
 * @task: the task that transmits
 *
 * A device transmits with bottom halves off. Without PREEMPT_RT nothing else
 * transmits on the CPU meanwhile, and one pointer for each CPU is enough. With
 * it another task may: the frames of a CPU then are those of several tasks.
 */
struct kame_tunnel_frame {
	struct kame_tunnel_frame *outer;
	struct kame_tunnel *t;
	const struct sk_buff *skb;
	int level;
	u8 depth;
	bool looped;
#ifdef CONFIG_PREEMPT_RT
	struct kame_tunnel_frame *next;
	struct task_struct *task;
#endif
};

DECLARE_PER_CPU(struct kame_tunnel_frame *, kame_tunnel_frames);

#if defined(KAME_TUNNEL_UNCOUNTED)

/*
 * Without the count, for the benchmark of what it costs (tunnel_depth_cost) and for
 * nothing else: a loop would run until the kernel's own limit ends it.
 */
static inline void kame_tunnel_loop_enter(struct kame_tunnel_frame *f, struct kame_tunnel *t,
					  const struct sk_buff *skb)
{
	f->outer = NULL;
	f->t = t;
	f->depth = 1;
	f->looped = false;
}

static inline void kame_tunnel_loop_leave(struct kame_tunnel_frame *f)
{
}

#elif !defined(CONFIG_PREEMPT_RT)

static inline void kame_tunnel_loop_enter(struct kame_tunnel_frame *f, struct kame_tunnel *t,
					  const struct sk_buff *skb)
{
	f->outer = __this_cpu_read(kame_tunnel_frames);
	f->t = t;
	f->skb = skb;
	f->level = dev_recursion_level();
	f->depth = f->outer ? f->outer->depth + 1 : 1;
	f->looped = false;
	__this_cpu_write(kame_tunnel_frames, f);
}

static inline void kame_tunnel_loop_leave(struct kame_tunnel_frame *f)
{
	__this_cpu_write(kame_tunnel_frames, f->outer);
}

#else

void kame_tunnel_loop_enter(struct kame_tunnel_frame *f, struct kame_tunnel *t,
			    const struct sk_buff *skb);
void kame_tunnel_loop_leave(struct kame_tunnel_frame *f);

#endif

#ifdef CONFIG_PREEMPT_RT
int kame_tunnel_loop_net_init(struct net *net);
void kame_tunnel_loop_net_uninit(struct net *net);
#else
static inline int kame_tunnel_loop_net_init(struct net *net)
{
	return 0;
}

static inline void kame_tunnel_loop_net_uninit(struct net *net)
{
}
#endif

bool kame_tunnel_loop_defer(const struct net_device *dev, const struct sk_buff *skb);
bool kame_tunnel_loop_again(const struct kame_tunnel_frame *f);
u8 kame_tunnel_loop_max_depth(const struct kame_tunnel *t, u8 own);
void kame_tunnel_loop_found(struct kame_tunnel_frame *f, const struct sk_buff *skb,
			    unsigned int reason, unsigned int limit);
void kame_tunnel_loop_remote(struct kame_tunnel *t);
void kame_tunnel_loop_route(struct kame_tunnel *t, const struct kame_tunnel_path *path);

#endif /* _KAME_TUNNEL_LOOP_H */
