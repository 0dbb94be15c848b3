// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results: the time of each chunk of packets, so that what interrupts a run from
 * outside can be told from what each packet costs.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sort.h>

#include "bench.h"

/**
 * kame_bench_result_init() - room for the times of a run
 * @result: zeroed
 * @count: packets of the run
 * @per_chunk: packets that are timed together
 *
 * Return: 0 or -ENOMEM.
 */
int kame_bench_result_init(struct kame_bench_result *result, u32 count, u32 per_chunk)
{
	result->per_chunk = per_chunk;
	result->chunks = kvcalloc(DIV_ROUND_UP(count, per_chunk), sizeof(*result->chunks),
				  GFP_KERNEL);
	return result->chunks ? 0 : -ENOMEM;
}

/**
 * kame_bench_result_add() - note the time of a chunk
 * @result: the run
 * @ns: nanoseconds that it took
 * @packets: packets in it; fewer than the others' only in the last
 */
void kame_bench_result_add(struct kame_bench_result *result, u64 ns, u32 packets)
{
	result->packets += packets;
	result->total += ns;
	/* A chunk that is not full says nothing about the others. */
	if (packets == result->per_chunk || !result->n_chunks)
		result->chunks[result->n_chunks++] = min_t(u64, ns, U32_MAX);
}

static int cmp_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* Tenths of nanoseconds a packet, of the chunk with the median time. */
static u64 median(struct kame_bench_result *result)
{
	u32 packets = min(result->packets, result->per_chunk);

	if (!packets)
		return 0;
	sort(result->chunks, result->n_chunks, sizeof(*result->chunks), cmp_u32, NULL);
	return div_u64(10ull * result->chunks[result->n_chunks / 2], packets);
}

/**
 * kame_bench_result_print() - a run's result as a line of words
 * @result: the run; its chunks are sorted
 * @buf: where to print
 * @size: bytes of @buf
 *
 * Return: length of the line.
 */
int kame_bench_result_print(struct kame_bench_result *result, char *buf, size_t size)
{
	u64 mid = median(result), mean = 0;
	u32 mid_tenth, mean_tenth;

	if (result->packets)
		mean = div_u64(10 * result->total, result->packets);
	mid = div_u64_rem(mid, 10, &mid_tenth);
	mean = div_u64_rem(mean, 10, &mean_tenth);
	return scnprintf(buf, size,
			 "ns=%llu.%u mean=%llu.%u packets=%u refused=%u sunk=%llu errors=%u error=%d\n",
			 mid, mid_tenth, mean, mean_tenth, result->packets, result->refused,
			 result->sunk, result->errors, result->error);
}

/**
 * kame_bench_result_uninit() - release what a result holds
 * @result: the run; may be zeroed
 */
void kame_bench_result_uninit(struct kame_bench_result *result)
{
	kvfree(result->chunks);
	result->chunks = NULL;
}
