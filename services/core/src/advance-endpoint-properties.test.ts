import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  FIVE_REGIONS,
  type Simulation,
  simulateEndpoint,
  type Told,
  type World,
} from "../test/simulate-endpoint.ts";
import { advanceEndpoint } from "./advance-endpoint.ts";
import { unknownEndpoint } from "./endpoint-state.ts";
import type { EndpointPolicy } from "./endpoint-state-rules.ts";
import { invariant } from "./invariant.ts";
import { MINUTE_MS } from "./pipeline.ts";

const BUCKET_MS = 17_000;
const UNTIL_MS = 12 * MINUTE_MS;
const BUCKETS = Math.ceil(UNTIL_MS / BUCKET_MS);

/** What probes find: one finding per region and 17 s, mostly good or mostly bad for a while, as outages are. */
const finding = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ state: "up", tookMs: 200 } as const) },
  { weight: 6, arbitrary: fc.constant({ state: "down", reason: "connection_refused", tookMs: 40 } as const) },
  { weight: 2, arbitrary: fc.constant({ state: "down", reason: "timeout", tookMs: 90_000 } as const) },
  { weight: 1, arbitrary: fc.constant({ state: "unknown", reason: "probe_error", tookMs: 10 } as const) },
  { weight: 1, arbitrary: fc.constant({ state: "degraded", reason: "http_error", tookMs: 12_000 } as const) },
  {
    weight: 1,
    arbitrary: fc.constant({ state: "auth_walled", reason: "auth_required", tookMs: 100 } as const),
  },
);
const spell = fc.record({ finding, buckets: fc.integer({ min: 1, max: 12 }) });
const weather = fc
  .array(spell, { minLength: 1, maxLength: 12 })
  .map((spells) => spells.flatMap((one) => Array.from({ length: one.buckets }, () => one.finding)));

interface Life {
  readonly everywhere: ReturnType<World>[];
  readonly local: (ReturnType<World>[] | null)[];
  readonly regions: number;
  readonly isUnclaimed: boolean;
  readonly cadenceMs: number;
  readonly phaseMs: number;
  readonly confirmationPeriodMs: number;
  readonly away: [number, number] | undefined;
  readonly blind: [number, number] | undefined;
}
const span = fc.tuple(fc.integer({ min: 0, max: UNTIL_MS }), fc.integer({ min: 1_000, max: 4 * MINUTE_MS }));
const life: fc.Arbitrary<Life> = fc.record({
  everywhere: weather,
  local: fc.array(fc.option(weather, { freq: 2 }), { minLength: 5, maxLength: 5 }),
  regions: fc.integer({ min: 1, max: 5 }),
  isUnclaimed: fc.boolean(),
  cadenceMs: fc.constantFrom(30_000, 60_000, 300_000),
  phaseMs: fc.integer({ min: 0, max: 29_999 }),
  confirmationPeriodMs: fc.constantFrom(0, 30_000, 30_000, 120_000),
  away: fc.option(span, { nil: undefined }),
  blind: fc.option(span, { nil: undefined }),
});

/** Runs a life; `names` are the regions' names, `order` how the list of eligible ones is sorted. */
function live(
  told: Life,
  names: readonly string[] = FIVE_REGIONS,
  order: (list: string[]) => string[] = (list) => list,
) {
  const regions = names.slice(0, told.regions);
  const at = (list: ReturnType<World>[], atMs: number) =>
    list[Math.floor(atMs / BUCKET_MS) % Math.max(list.length, BUCKETS)] ??
    ({ state: "up", tookMs: 200 } as const);
  const world: World = (region, atMs) => {
    const local = told.local[names.indexOf(region)];
    return at(local ?? told.everywhere, atMs);
  };
  const [blindFromMs, blindForMs] = told.blind ?? [0, 0];
  const calls: Told[] = [];
  const input: Simulation = {
    world,
    regions,
    isUnclaimed: told.isUnclaimed,
    cadenceMs: told.cadenceMs,
    phaseMs: told.phaseMs,
    untilMs: UNTIL_MS,
    policy: { confirmationPeriodMs: told.confirmationPeriodMs },
    // For a while the last region fails its self-check.
    eligibleAt: (atMs) =>
      order(atMs >= blindFromMs && atMs < blindFromMs + blindForMs ? regions.slice(0, -1) : [...regions]),
    ...(told.away ? { routerAway: [told.away[0], told.away[0] + told.away[1]] as const } : {}),
    onDecision: (call) => calls.push(call),
  };
  return { outcome: simulateEndpoint(input), calls };
}

const runs = { numRuns: 150 };

describe("whatever probes find, in whatever installation, router away or not", () => {
  test("lives drawn here do go down and come back", () => {
    const commits = fc.sample(life, { numRuns: 60, seed: 7 }).flatMap((told) => live(told).outcome.commits);
    const by = (to: string, from: string) =>
      commits.filter((one) => one.to === to && one.from === from).length;
    expect(by("up", "unknown")).toBeGreaterThan(10);
    expect(by("down", "up")).toBeGreaterThan(10);
    expect(by("up", "down")).toBeGreaterThan(5);
    expect(by("down", "unknown")).toBeGreaterThan(5);
  });

  test("no two commits without a transition between them, and their spans follow one another", () => {
    fc.assert(
      fc.property(life, (told) => {
        let [committed, sinceAtMs] = ["unknown", Number.NEGATIVE_INFINITY];
        for (const commit of live(told).outcome.commits) {
          expect(commit.from).toBe(committed);
          expect(commit.to).not.toBe(committed);
          expect(commit.sinceAtMs).toBeGreaterThan(sinceAtMs);
          expect(commit.sinceAtMs).toBeLessThanOrEqual(commit.decidedAtMs);
          [committed, sinceAtMs] = [commit.to, commit.sinceAtMs];
        }
      }),
      runs,
    );
  });

  test("down is never committed without a quorum of fresh down votes in both looks, nor recovery with one", () => {
    fc.assert(
      fc.property(life, (told) => {
        const { calls } = live(told);
        calls.forEach(({ decision, policy }, i) => {
          for (const commit of decision.actions.filter((action) => action.kind === "commit")) {
            if (commit.confirmation === null) {
              continue;
            }
            // A look is judged by who may vote when it closes; a region that sees again later had no say in it.
            const closings = [closingOf(calls, i, commit.confirmation), { at: i, policy }];
            for (const [n, closing] of closings.entries()) {
              const heard = hearVotes(calls.slice(0, closing.at + 1), commit.confirmation)[n];
              const { eligibleRegions } = closing.policy;
              const said = eligibleRegions.filter((region) => heard?.get(region)?.has(commit.to === "down"));
              const quorum = Math.min(2, eligibleRegions.length);
              expect(said.length).toBeGreaterThanOrEqual(quorum);
              expect(quorum).toBeGreaterThan(0);
            }
          }
        });
      }),
      runs,
    );
  });

  test("what is asked of an endpoint is bounded", () => {
    fc.assert(
      fc.property(life, (told) => {
        const { outcome, calls } = live(told);
        const openings = calls.filter(({ event }) => event.kind === "gathered").map(({ nowMs }) => nowMs);
        for (const fromMs of openings) {
          expect(
            openings.filter((atMs) => atMs >= fromMs && atMs < fromMs + 10 * MINUTE_MS).length,
          ).toBeLessThanOrEqual(4);
        }
        expect(outcome.lookJobs).toBeLessThanOrEqual(outcome.confirmations * 2 * told.regions);
        for (const { decision } of calls) {
          expect(decision.actions.length).toBeLessThanOrEqual(16);
        }
        const { openedAtMs, changedAtMs, memory, regions } = outcome.state;
        expect(openedAtMs.length).toBeLessThanOrEqual(4);
        expect(changedAtMs.length).toBeLessThanOrEqual(4);
        expect(memory.minutes.length).toBeLessThanOrEqual(36);
        expect(Object.keys(regions).length).toBeLessThanOrEqual(told.regions);
      }),
      runs,
    );
  });

  test("every event told twice, and the whole stream told twice, gives the same state and no second commit", () => {
    fc.assert(
      fc.property(life, (told) => {
        const { outcome, calls } = live(told);
        let state = unknownEndpoint(0);
        let commits = 0;
        for (const { event, nowMs, policy } of calls) {
          const once = advanceEndpoint(state, event, nowMs, policy);
          const twice = advanceEndpoint(once.next, event, nowMs, policy);
          expect(twice.next).toEqual(once.next);
          state = twice.next;
          commits += [...once.actions, ...twice.actions].filter(({ kind }) => kind === "commit").length;
        }
        expect(state).toEqual(outcome.state);
        expect(commits).toBe(outcome.commits.length);
        for (const { event, policy } of calls.filter((call) => call.event.kind !== "deadline")) {
          const again = advanceEndpoint(state, event, UNTIL_MS, policy);
          expect(again.actions.filter(({ kind }) => kind === "commit")).toEqual([]);
          state = again.next;
        }
        expect(state.committed).toBe(outcome.state.committed);
        expect(state.sinceAtMs).toBe(outcome.state.sinceAtMs);
      }),
      runs,
    );
  });

  test("neither the order in which regions are listed nor their names matter", () => {
    fc.assert(
      fc.property(life, fc.shuffledSubarray(FIVE_REGIONS, { minLength: 5 }), (told, renamed) => {
        const plain = live(told).outcome;
        const listed = live(told, FIVE_REGIONS, (list) => list.toReversed()).outcome;
        expect(listed.state).toEqual(plain.state);
        expect(listed.commits).toEqual(plain.commits);
        const timeline = (outcome: typeof plain) =>
          outcome.commits.map(({ to, sinceAtMs, decidedAtMs, failureReason }) => ({
            to,
            sinceAtMs,
            decidedAtMs,
            failureReason,
          }));
        expect(timeline(live(told, renamed).outcome)).toEqual(timeline(plain));
      }),
      runs,
    );
  });
});

/** By an independent reading of the stream: what regions said, down or not, in look 1 and in look 2 of a confirmation. */
/** The call in which look 1 of a confirmation was closed; the last one when it closed together with look 2. */
function closingOf(
  calls: readonly Told[],
  last: number,
  startMs: number,
): { readonly at: number; readonly policy: EndpointPolicy } {
  const at = calls.slice(0, last).findIndex(({ decision: { next } }) => {
    const { confirmation } = next;
    return confirmation?.startMs === startMs && confirmation.look1.outcome !== null;
  });
  const call = calls[at] ?? calls[last];
  invariant(call, "the commit is one of the calls");
  return { at: at === -1 ? last : at, policy: call.policy };
}

function hearVotes(calls: readonly Told[], confirmation: number): Map<string, Set<boolean>>[] {
  const heard = [new Map<string, Set<boolean>>(), new Map<string, Set<boolean>>()];
  for (const { look, region, vote, isOwn } of calls.flatMap(({ event }) => wordsOf(event, confirmation))) {
    if (vote.state !== "unknown" && (isOwn || vote.startedAtMs >= confirmation)) {
      const said = heard[look]?.get(region) ?? new Set();
      heard[look]?.set(region, said.add(vote.state === "down"));
    }
  }
  return heard;
}

function wordsOf(event: Told["event"], confirmation: number) {
  if (event.kind === "result") {
    const isOwn = event.look?.confirmation === confirmation;
    return [{ look: isOwn && event.look?.n === 2 ? 1 : 0, region: event.region, vote: event.vote, isOwn }];
  }
  if (event.kind === "gathered" || event.kind === "minute") {
    return Object.entries(event.votes).map(([region, vote]) => ({ look: 0, region, vote, isOwn: false }));
  }
  return [];
}
