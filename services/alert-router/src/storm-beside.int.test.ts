/** The whole process on the real clock while one tenant's endpoints all go down; `npm run drill:storm` is the large one. */
import { GROUPING_POLICY } from "@alivemcp/core/group-incidents";
import { expect, test } from "vitest";
import { measureStorm } from "../test/measure-storm.ts";
import { openLiveRouter } from "../test/open-live-router.ts";

test("300 endpoints going down at once are a handful of messages, and another tenant's page goes out within seconds", async () => {
  const live = await openLiveRouter();
  try {
    const found = await measureStorm(live, { endpoints: 300, hosts: 3, overMs: 6_000, periodMs: 3_000 });
    expect(found.messages).toBe(found.opened + found.updated);
    // Hosts have nothing in common but how they fail, which is the most that is told one by one.
    expect(found.opened).toBeLessThanOrEqual(GROUPING_POLICY.toldOnesMax.failure + 3 * found.groups);
    expect(found.groups).toBeLessThanOrEqual(4);
    expect(found.opened + found.folded).toBe(300);
    expect(found.unrelated_after_commit_s).toBeLessThan(10);
  } finally {
    await live.close();
  }
}, 120_000);
