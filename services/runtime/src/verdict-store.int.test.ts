import { randomUUID } from "node:crypto";
import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import {
  nowKey,
  type RegionResult,
  unsealedKey,
  verdictMinuteKey,
  verdictStream,
} from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { type MinuteEntry, parseVerdictEntry, type VerdictEntry } from "@alivemcp/core/verdict-entry";
import { LATE_ACCEPTED_MS } from "@alivemcp/core/verdict-minute";
import { SEAL_AFTER_MS } from "@alivemcp/core/verdict-report";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  anyResult,
  failing,
  MINUTE,
  MINUTE_AT_MS,
  makeResult,
  REGIONS,
} from "../../core/test/verdict-cases.ts";
import { openTestRedis, type TestRedis } from "../test/redis.ts";
import { confirmingText, nowMsOfStep, runThroughCore, type Step } from "../test/verdict-reference.ts";
import { SEAL } from "./redis-scripts/verdict-scripts.ts";
import { runScript } from "./run-script.ts";
import { findToolList, packToolList } from "./tool-list-store.ts";
import { findVerdictMinute, minuteKeys, reportResult, sealIfComplete } from "./verdict-store.ts";

const t0 = MINUTE_AT_MS;
let server: TestRedis;
beforeAll(async () => {
  server = await openTestRedis();
});
afterAll(() => server.close());

async function readEntries(endpointId: string): Promise<VerdictEntry[]> {
  const rows = await server.redis.xrange(verdictStream(shardOf(endpointId)), "-", "+");
  return rows
    .map(([, flat]) =>
      Object.fromEntries(flat.flatMap((name, n) => (n % 2 === 0 ? [[name, flat[n + 1] ?? ""]] : []))),
    )
    .filter((fields) => fields.e === endpointId)
    .map(parseVerdictEntry);
}

const lastMinuteEntry = async (endpointId: string) =>
  (await readEntries(endpointId)).filter((entry): entry is MinuteEntry => entry.kind !== "look").at(-1);

async function runThroughRedis(endpointId: string, steps: readonly Step[]) {
  const answers: unknown[] = [];
  for (const [n, step] of steps.entries()) {
    const nowMs = nowMsOfStep(n);
    if (step.kind === "router") {
      const fields = { committed: step.committed, confirming: step.isConfirming ? confirmingText : "" };
      await server.redis.hset(nowKey(endpointId), fields);
    } else if (step.kind === "seal") {
      await sealNow(endpointId, nowMs);
    } else {
      answers.push(await reportResult(server.redis, step.result, nowMs));
    }
  }
  const entries = (await readEntries(endpointId)).map((entry) =>
    entry.kind === "look"
      ? { kind: "look", region: entry.region, vote: entry.vote, look: entry.look }
      : {
          kind: entry.kind,
          state: entry.state,
          reason: entry.reason,
          latencyMs: entry.latencyMs,
          revision: entry.revision,
          coversMinutes: entry.coversMinutes,
          regionsAsked: [...entry.regionsAsked].sort(),
          votes: entry.votes,
        },
  );
  return { minute: await findVerdictMinute(server.redis, { endpointId, minute: MINUTE }), answers, entries };
}

/** Seals whatever the deadline says, as the sealer would much later. */
async function sealNow(endpointId: string, nowMs: number) {
  const [vm, ...others] = minuteKeys(endpointId, MINUTE);
  if ((await server.redis.exists(vm)) === 1) {
    await server.redis.hset(vm, "due", "0");
    await runScript(server.redis, SEAL, [vm, ...others], [nowMs, endpointId, MINUTE, "due"]);
  }
}

const anyStep = (endpointId: string): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 8, arbitrary: anyResult(endpointId).map((result) => ({ kind: "report" as const, result })) },
    { weight: 1, arbitrary: fc.constant({ kind: "seal" as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("router" as const),
        committed: fc.constantFrom("unknown" as const, "up" as const, "down" as const),
        isConfirming: fc.boolean(),
      }),
    },
  );

describe("the scripts in Redis and the rules in core", () => {
  test("agree on every answer, every entry and every vote of generated deliveries", async () => {
    const seed = randomUUID();
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep(seed), { minLength: 1, maxLength: 14 }),
        fc.array(fc.nat(13), { maxLength: 4 }),
        async (generated, again) => {
          const endpointId = randomUUID();
          const steps = [...generated, ...again.flatMap((n) => generated[n] ?? [])].map((step) =>
            step.kind === "report" ? { ...step, result: moveTo(endpointId, step.result) } : step,
          );
          const expected = runThroughCore(steps);
          const actual = await runThroughRedis(endpointId, steps);
          expect(actual.answers).toEqual(expected.answers);
          expect(actual.entries).toEqual(expected.entries);
          expect(actual.minute?.votes).toEqual(expected.minute?.votes);
          expect(actual.minute?.revision).toEqual(expected.minute?.revision);
          await server.redis.del(verdictStream(shardOf(endpointId)));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("results shuffled, repeated and split by a seal end in the same last revision", async () => {
    const seed = randomUUID();
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(anyResult(seed), { minLength: 1, maxLength: 8 })
          .chain((all) =>
            fc.tuple(
              fc.constant(all),
              fc.shuffledSubarray(all, { minLength: all.length }),
              fc.subarray(all),
              fc.nat(8),
            ),
          ),
        async ([all, shuffled, again, sealAfter]) => {
          const [a, b] = [randomUUID(), randomUUID()];
          const report = (result: RegionResult) => ({ kind: "report" as const, result });
          const seal = { kind: "seal" as const };
          await runThroughRedis(a, [...all.map((result) => report(moveTo(a, result))), seal]);
          const other = [...shuffled, ...again].map((result) => report(moveTo(b, result, a)));
          await runThroughRedis(b, [...other.slice(0, sealAfter), seal, ...other.slice(sealAfter), seal]);
          const [straight, split] = [await lastMinuteEntry(a), await lastMinuteEntry(b)];
          const told = (entry: MinuteEntry | undefined) => ({
            state: entry?.state,
            reason: entry?.reason,
            latencyMs: entry?.latencyMs,
            coversMinutes: entry?.coversMinutes,
            regionsAsked: [...(entry?.regionsAsked ?? [])].sort(),
            votes: entry?.votes,
            findings: entry?.findings,
          });
          expect(told(split)).toEqual(told(straight));
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** The same result for another endpoint; `like` keeps the digest that the job id of that endpoint gave. */
function moveTo(endpointId: string, result: RegionResult, like = endpointId): RegionResult {
  return {
    ...result,
    jobId: result.jobId.replace(result.job.endpointId, like),
    job: { ...result.job, endpointId },
  };
}

describe("reportResult", () => {
  const slot = (endpointId: string, region: string, finding = {}, job = {}) =>
    makeResult({ endpointId, job: { region, ...job }, finding });
  const report = (result: RegionResult, nowMs = t0 + 500) => reportResult(server.redis, result, nowMs);

  test("the entry of a sealed minute carries votes, retention class, trace and the noteworthy findings only", async () => {
    const endpointId = randomUUID();
    const two = { regionsAsked: ["us-east", "eu-west"], coversMinutes: 15 };
    await report(slot(endpointId, "us-east", {}, two));
    await report(slot(endpointId, "eu-west", failing("down", { evidence: "ECONNREFUSED" }), two));
    const entry = await lastMinuteEntry(endpointId);
    expect(entry).toMatchObject({
      kind: "sealed",
      endpointId,
      minute: MINUTE,
      state: "degraded",
      reason: "connection_refused",
      latencyMs: 120,
      revision: 1,
      coversMinutes: 15,
      retentionClass: "d90",
      traceparent: expect.stringMatching(/^00-/),
    });
    expect(Object.keys(entry?.votes ?? {}).sort()).toEqual(["eu-west", "us-east"]);
    expect(entry?.findings).toEqual({ "eu-west": expect.objectContaining({ evidence: "ECONNREFUSED" }) });
  });

  test("a look's result goes to the router with its confirmation and number", async () => {
    const endpointId = randomUUID();
    const look = makeResult({
      endpointId,
      jobId: "the-look",
      job: { kind: "look", look: { confirmation: t0, n: 2 }, regionsAsked: ["us-east", "eu-west"] },
    });
    expect(await report(look)).toMatchObject({ outcome: "merged", look: "look-job" });
    const [entry] = await readEntries(endpointId);
    expect(entry).toMatchObject({
      kind: "look",
      jobId: "the-look",
      look: { confirmation: t0, n: 2 },
      finding: null,
    });
  });

  test("the retention class of a minute is fixed by its first result", async () => {
    const endpointId = randomUUID();
    const two = { regionsAsked: ["us-east", "eu-west"] };
    await report(slot(endpointId, "us-east", {}, { ...two, retentionClass: "d7" }));
    await report(slot(endpointId, "eu-west", {}, { ...two, retentionClass: "d90" }));
    expect((await lastMinuteEntry(endpointId))?.retentionClass).toBe("d7");
  });

  test("raw fields tell the newest vote and finding of each region and never go back in time", async () => {
    const endpointId = randomUUID();
    const at = (minute: number, region: string, finding = {}) => {
      const slotAtMs = minute * 60_000;
      return report(
        makeResult({
          endpointId,
          job: { region, minute, slotAtMs, lastSlotOfMinuteAtMs: slotAtMs },
          finding: { startedAtMs: slotAtMs, observedAtMs: slotAtMs + 300, ...finding },
        }),
        slotAtMs + 400,
      );
    };
    await at(MINUTE + 1, "us-east", { latencyMs: 200 });
    await at(MINUTE, "us-east", failing("down"));
    await at(MINUTE, "eu-west", failing("down"));
    const now = await server.redis.hgetall(nowKey(endpointId));
    expect(now).toMatchObject({
      [RAW_FIELDS.state]: "up",
      [RAW_FIELDS.reason]: "",
      [RAW_FIELDS.minute]: String(MINUTE + 1),
      [RAW_FIELDS.atMs]: String((MINUTE + 1) * 60_000 + 300),
      [RAW_FIELDS.latencyMs]: "200",
    });
    expect(JSON.parse(now[RAW_FIELDS.finding("us-east")] ?? "")).toMatchObject({ state: "up" });
    expect(JSON.parse(now[RAW_FIELDS.finding("eu-west")] ?? "")).toMatchObject({ state: "down" });
  });

  test("the fields of router and archiver are left alone", async () => {
    const endpointId = randomUUID();
    const theirs = { committed: "up", flags: "flapping", windows: "{}" };
    await server.redis.hset(nowKey(endpointId), theirs);
    await report(slot(endpointId, "us-east", failing("down")));
    expect(await server.redis.hgetall(nowKey(endpointId))).toMatchObject(theirs);
  });

  test("a healed region's finding does not stay with the minute after an ordinary vote replaced it", async () => {
    const endpointId = randomUUID();
    const two = { regionsAsked: ["us-east", "eu-west"] };
    await report(slot(endpointId, "us-east", failing("down"), two));
    await report(slot(endpointId, "us-east", { observedAtMs: t0 + 9_000 }, two));
    await report(slot(endpointId, "eu-west", {}, two));
    expect(await lastMinuteEntry(endpointId)).toMatchObject({ state: "up", findings: {} });
  });

  test("a late result corrects for five minutes after sealing, then it is dropped and nothing of it is kept", async () => {
    const endpointId = randomUUID();
    await report(slot(endpointId, "us-east", {}, { regionsAsked: ["us-east"] }), t0 + 1_000);
    const late = slot(endpointId, "eu-west", failing("down"));
    expect(await report(late, t0 + 1_000 + LATE_ACCEPTED_MS + 1)).toEqual({
      outcome: "too-late",
      revision: 1,
      look: null,
    });
    expect(await server.redis.hexists(nowKey(endpointId), RAW_FIELDS.vote("eu-west"))).toBe(0);
    expect(await report(late, t0 + 1_000 + LATE_ACCEPTED_MS)).toMatchObject({
      outcome: "corrected",
      revision: 2,
    });
    expect(await lastMinuteEntry(endpointId)).toMatchObject({ kind: "corrected", state: "degraded" });
  });

  test("an open minute is queued for the sealer, kept a day, and a sealed one kept 15 minutes", async () => {
    const endpointId = randomUUID();
    const two = { regionsAsked: ["us-east", "eu-west"] };
    const [vm] = minuteKeys(endpointId, MINUTE);
    const queued = () => server.redis.zscore(unsealedKey(shardOf(endpointId)), `${endpointId}:${MINUTE}`);
    await report(slot(endpointId, "us-east", {}, two));
    expect(Number(await queued())).toBe(t0 + SEAL_AFTER_MS);
    expect(await server.redis.ttl(vm)).toBeGreaterThan(86_000);
    await report(slot(endpointId, "eu-west", {}, two));
    expect(await queued()).toBeNull();
    expect(await server.redis.ttl(vm)).toBeLessThanOrEqual(900);
  });

  test("a new tool list is there before anyone can read of it", async () => {
    const endpointId = randomUUID();
    const fullHash = "e".repeat(64);
    const json = JSON.stringify([{ name: "echo" }]);
    await reportResult(
      server.redis,
      makeResult({ endpointId, job: { regionsAsked: ["us-east"] }, finding: { fullHash } }),
      t0,
      await packToolList(json),
    );
    expect(await findToolList(server.redis, { endpointId, fullHash })).toBe(json);
    expect(await findToolList(server.redis, { endpointId, fullHash: "f".repeat(64) })).toBeNull();
    expect((await lastMinuteEntry(endpointId))?.votes["us-east"]?.changedFullHash).toBe(fullHash);
  });

  test("reports go on after Redis forgot its scripts", async () => {
    const endpointId = randomUUID();
    await report(slot(endpointId, "us-east"));
    await server.redis.script("FLUSH");
    expect(await report(slot(endpointId, "eu-west"))).toMatchObject({ outcome: "merged" });
  });

  test("five regions reporting at once seal the minute exactly once", async () => {
    const endpointId = randomUUID();
    const answers = await Promise.all(REGIONS.map((region) => report(slot(endpointId, region))));
    expect(answers.filter(({ outcome }) => outcome === "sealed")).toHaveLength(1);
    const entries = await readEntries(endpointId);
    expect(entries.filter((entry) => entry.kind === "sealed")).toHaveLength(1);
  });
});

describe("sealIfComplete", () => {
  test("a complete minute held open by a look is sealed once the router has closed it", async () => {
    const endpointId = randomUUID();
    await server.redis.hset(nowKey(endpointId), { committed: "up", confirming: confirmingText });
    const result = makeResult({ endpointId, job: { regionsAsked: ["us-east"] } });
    expect(await reportResult(server.redis, result, t0)).toMatchObject({
      outcome: "merged",
      look: "confirming",
    });
    const seal = () => sealIfComplete(server.redis, { endpointId, minute: MINUTE }, t0 + 9_000);
    expect(await seal()).toBe(false);
    await server.redis.hdel(nowKey(endpointId), "confirming");
    expect(await seal()).toBe(true);
    expect(await seal()).toBe(false);
    expect(await lastMinuteEntry(endpointId)).toMatchObject({ kind: "sealed", revision: 1 });
  });

  test("a minute that still misses a region stays open, one that is gone is no error", async () => {
    const endpointId = randomUUID();
    await reportResult(server.redis, makeResult({ endpointId }), t0);
    expect(await sealIfComplete(server.redis, { endpointId, minute: MINUTE }, t0)).toBe(false);
    expect(await sealIfComplete(server.redis, { endpointId, minute: MINUTE + 7 }, t0)).toBe(false);
    expect(await server.redis.exists(verdictMinuteKey(endpointId, MINUTE + 7))).toBe(0);
  });
});
