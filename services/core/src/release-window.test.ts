import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RegionToolList, ToolListHashes } from "./drift-debounce.ts";
import { decideRelease, isAnnouncedBy, type ReleaseFacts, releaseClosesAtMs } from "./release-window.ts";
import { hashToolList } from "./tool-list.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const t0 = Date.UTC(2026, 10, 21, 12, 0, 0);
const window = { fromMs: t0, untilMs: t0 + HOUR_MS };
const CLOSED = window.untilMs + 5 * MINUTE_MS;

const list = (letter: string): ToolListHashes => ({
  contractHash: letter.repeat(64),
  fullHash: letter.repeat(64),
});
const [A, B, C] = [list("a"), list("b"), list("c")];
const empty = hashToolList([]);
const NOTHING: ToolListHashes =
  empty.kind === "hashed" ? { contractHash: empty.contractHash, fullHash: empty.fullHash } : A;
const serving = (believed: ToolListHashes, pending: ToolListHashes | null = null): RegionToolList => ({
  believed,
  believedAtMs: t0 + MINUTE_MS,
  pending: pending && { ...pending, count: 2, sinceAtMs: t0 + MINUTE_MS },
});
const facts = (
  byRegion: Readonly<Record<string, RegionToolList>>,
  announced: readonly ToolListHashes[],
  change: Partial<ReleaseFacts> = {},
): ReleaseFacts => ({
  cadenceMs: MINUTE_MS,
  baseline: A,
  regions: ["us-east", "eu-west"],
  byRegion: new Map(Object.entries(byRegion)),
  announced: new Set(announced.map(({ fullHash }) => fullHash)),
  ...change,
});
const everywhere = (believed: ToolListHashes) => ({
  "us-east": serving(believed),
  "eu-west": serving(believed),
});

describe("an announced release", () => {
  test.each<[string, ReleaseFacts, number, string]>([
    ["is not over at its start", facts(everywhere(B), [B]), t0, "wait not-over"],
    [
      "is not over at its end, for a last change is seen later",
      facts(everywhere(B), [B]),
      window.untilMs,
      "wait not-over",
    ],
    ["is not over in the last moment of that", facts(everywhere(B), [B]), CLOSED - 1, "wait not-over"],
    ["makes what all regions serve the baseline", facts(everywhere(B), [B]), CLOSED, "accept accepted"],
    [
      "makes it the baseline, however late we come",
      facts(everywhere(B), [B]),
      CLOSED + 30 * HOUR_MS,
      "accept accepted",
    ],
    ["makes the last of several lists the baseline", facts(everywhere(C), [B, C]), CLOSED, "accept accepted"],
    ["changes nothing when nothing changed", facts({}, []), CLOSED, "leave nothing-changed"],
    ["changes nothing when it was rolled back", facts(everywhere(A), [B]), CLOSED, "leave nothing-changed"],
    [
      "changes nothing when one region has a row that says the baseline",
      facts({ "us-east": serving(A) }, []),
      CLOSED,
      "leave nothing-changed",
    ],
    ["does not excuse drift from before it", facts(everywhere(B), []), CLOSED, "leave not-announced"],
    ["does not excuse drift from after it", facts(everywhere(C), [B]), CLOSED, "leave not-announced"],
    [
      "waits while one region serves the old list",
      facts({ "us-east": serving(B) }, [B]),
      CLOSED,
      "wait spreading",
    ],
    [
      "waits while two regions serve different new ones",
      facts({ "us-east": serving(B), "eu-west": serving(C) }, [B, C]),
      CLOSED,
      "wait spreading",
    ],
    [
      "waits while a region was seen with another list",
      facts({ "us-east": serving(B), "eu-west": serving(B, C) }, [B]),
      CLOSED,
      "wait spreading",
    ],
    ["waits for an hour", facts({ "us-east": serving(B) }, [B]), CLOSED + HOUR_MS - 1, "wait spreading"],
    [
      "leaves it to the owner when regions still differ then",
      facts({ "us-east": serving(B) }, [B]),
      CLOSED + HOUR_MS,
      "leave regions-differ",
    ],
    [
      "never accepts an empty list by itself, which no region is believed to serve",
      facts({ "us-east": serving(A, NOTHING), "eu-west": serving(A, NOTHING) }, []),
      CLOSED + HOUR_MS,
      "leave regions-differ",
    ],
    [
      "never accepts an empty list, even a believed one",
      facts(everywhere(NOTHING), [NOTHING]),
      CLOSED,
      "leave not-announced",
    ],
    [
      "is about the regions that are probed only",
      facts({ ...everywhere(B), "sa-east": serving(C) }, [B]),
      CLOSED,
      "accept accepted",
    ],
    [
      "says nothing of an endpoint whose tools were never seen",
      facts({}, [], { baseline: null }),
      CLOSED,
      "leave nothing-changed",
    ],
    [
      "of an endpoint probed every hour closes three hours later",
      facts(everywhere(B), [B], { cadenceMs: HOUR_MS }),
      CLOSED + 2 * HOUR_MS,
      "wait not-over",
    ],
  ])("%s", (_name, given, nowMs, expected) => {
    const decision = decideRelease(window, given, nowMs);
    expect(`${decision.kind} ${decision.reason}`).toBe(expected);
    if (decision.kind === "accept") {
      expect(decision.list).toEqual(given.byRegion.get("us-east")?.believed);
    }
  });

  test("owns drift from its start until it closes", () => {
    const isOurs = (atMs: number) => isAnnouncedBy(window, MINUTE_MS, atMs);
    expect([t0 - 1, t0, window.untilMs, CLOSED - 1, CLOSED].map(isOurs)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test("is settled for good: once decided, waiting longer never turns it into waiting again", () => {
    const some = fc.constantFrom(A, B, C);
    const region = fc.record({ believed: some, pending: fc.option(some, { nil: null }) });
    fc.assert(
      fc.property(
        region,
        region,
        fc.subarray([A, B, C]),
        fc.nat(4 * HOUR_MS),
        fc.nat(4 * HOUR_MS),
        (east, west, announced, earlierMs, laterMs) => {
          const given = facts(
            {
              "us-east": serving(east.believed, east.pending),
              "eu-west": serving(west.believed, west.pending),
            },
            announced,
          );
          const [first, second] = [earlierMs, earlierMs + laterMs].map((ms) =>
            decideRelease(window, given, window.untilMs + ms),
          );
          expect(first?.kind === "wait" || first?.kind === second?.kind).toBe(true);
        },
      ),
    );
  });

  test("closes at least five minutes after its end", () => {
    expect(releaseClosesAtMs(window, 30_000)).toBe(CLOSED);
    expect(releaseClosesAtMs(window, 10 * MINUTE_MS)).toBe(window.untilMs + 30 * MINUTE_MS);
  });
});
