// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk of the route check, on graphs that are made up here.
 */
#include <kunit/test.h>

#include "check.h"
#include "kame_tunnel.h"

#define NODES	40

/**
 * struct graph - devices, and which leads to which
 * @next: the index of the next device, or -1 - END where the walk ends
 * @steps: how often a walk asked
 * @dev: what stands for the devices, which nobody looks into
 */
struct graph {
	int next[NODES];
	unsigned int steps;
	struct net_device *dev[NODES];
};

#define ENDS(how) (-1 - KAME_TUNNEL_PATH_END_##how)

static const struct net_device *graph_step(const struct net_device *dev, void *arg,
					   enum kame_tunnel_path_end *end)
{
	struct graph *g = arg;
	int i;

	g->steps++;
	for (i = 0; i < NODES; i++) {
		if (g->dev[i] != dev)
			continue;
		if (g->next[i] >= 0)
			return g->dev[g->next[i]];
		*end = -1 - g->next[i];
		return NULL;
	}
	return NULL;
}

static struct graph *new_graph(struct kunit *test)
{
	struct graph *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, g);
	for (i = 0; i < NODES; i++) {
		/* Compared by address only. */
		g->dev[i] = kunit_kzalloc(test, 8, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, g->dev[i]);
		g->next[i] = i + 1 < NODES ? i + 1 : ENDS(OUT);
	}
	return g;
}

static struct kame_tunnel_path *walk(struct kunit *test, struct graph *g)
{
	struct kame_tunnel_path *path = kunit_kzalloc(test, sizeof(*path), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, path);
	memset(path, 0xff, sizeof(*path));
	kame_tunnel_check_graph(g->dev[0], graph_step, g, path);
	return path;
}

/* A straight path of any length, and each way in which it may end */
static void check_ends(struct kunit *test)
{
	static const int ends[] = { ENDS(OUT), ENDS(UNREACHABLE), ENDS(OPAQUE) };
	struct graph *g = new_graph(test);
	struct kame_tunnel_path *path;
	unsigned int len, i;

	for (len = 1; len < KAME_TUNNEL_PATH_MAX; len++) {
		for (i = 0; i < ARRAY_SIZE(ends); i++) {
			g->next[len - 1] = ends[i];
			path = walk(test, g);
			KUNIT_EXPECT_EQ(test, path->len, len);
			KUNIT_EXPECT_EQ(test, -1 - (int)path->end, ends[i]);
			KUNIT_EXPECT_PTR_EQ(test, path->dev[len - 1],
					    (const struct net_device *)g->dev[len - 1]);
		}
		g->next[len - 1] = len;
	}
}

/* Every loop: after @tail devices that are not in it, @round devices that are */
static void check_loops(struct kunit *test)
{
	struct graph *g = new_graph(test);
	struct kame_tunnel_path *path;
	int tail, round, last;

	for (round = 1; round <= 8; round++) {
		for (tail = 0; tail + round < KAME_TUNNEL_PATH_MAX - 1; tail++) {
			last = tail + round - 1;
			g->next[last] = tail;
			g->steps = 0;
			path = walk(test, g);
			g->next[last] = last + 1;

			KUNIT_EXPECT_EQ(test, (int)path->end, (int)KAME_TUNNEL_PATH_END_LOOP);
			KUNIT_EXPECT_EQ(test, (int)path->len, tail + round + 1);
			KUNIT_EXPECT_EQ(test, (int)g->steps, tail + round);
			/* The path shows the device that it came back to twice. */
			KUNIT_EXPECT_PTR_EQ(test, path->dev[tail], path->dev[path->len - 1]);
		}
	}
}

/* A path that is too long to follow ends within its room. */
static void check_too_long(struct kunit *test)
{
	struct graph *g = new_graph(test);
	struct kame_tunnel_path *path = walk(test, g);

	KUNIT_EXPECT_EQ(test, (int)path->end, (int)KAME_TUNNEL_PATH_END_TOO_LONG);
	KUNIT_EXPECT_LE(test, path->len, (unsigned int)KAME_TUNNEL_PATH_MAX);
	KUNIT_EXPECT_LE(test, g->steps, (unsigned int)KAME_TUNNEL_PATH_MAX);

	/* The longest loop that is still seen as one, and the first that is not */
	g->next[KAME_TUNNEL_PATH_MAX - 3] = 0;
	path = walk(test, g);
	KUNIT_EXPECT_EQ(test, (int)path->end, (int)KAME_TUNNEL_PATH_END_LOOP);
	g->next[KAME_TUNNEL_PATH_MAX - 3] = KAME_TUNNEL_PATH_MAX - 2;
	g->next[KAME_TUNNEL_PATH_MAX - 2] = 0;
	path = walk(test, g);
	KUNIT_EXPECT_EQ(test, (int)path->end, (int)KAME_TUNNEL_PATH_END_TOO_LONG);
}

static struct kunit_case check_cases[] = {
	KUNIT_CASE(check_ends),
	KUNIT_CASE(check_loops),
	KUNIT_CASE(check_too_long),
	{}
};

static struct kunit_suite check_suite = {
	.name = "kame_tunnel_check",
	.test_cases = check_cases,
};

kunit_test_suite(check_suite);
