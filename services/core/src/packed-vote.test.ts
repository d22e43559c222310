import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packVote, unpackVote, type Vote } from "./packed-vote.ts";
import { FAILURE_REASONS, PROBE_STATES } from "./states.ts";

const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });
const hex = (length: number) =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
    .map((digits) => digits.join(""));
const anyVote: fc.Arbitrary<Vote> = fc.record({
  observedAtMs: instant,
  digest: hex(10),
  slotAtMs: instant,
  startedAtMs: instant,
  state: fc.constantFrom(...PROBE_STATES),
  reason: fc.constantFrom(null, ...FAILURE_REASONS),
  latencyMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
  changedFullHash: fc.option(hex(64)),
});

describe("a packed vote", () => {
  test("comes back as it went in", () => {
    fc.assert(
      fc.property(anyVote, (vote) => {
        expect(unpackVote(packVote(vote))).toEqual(vote);
      }),
    );
  });

  const broken: readonly [string, string][] = [
    ["too few fields", "1|aa|1|1|up||"],
    ["too many fields", "1|aa|1|1|up||||"],
    ["no digest at all", "1"],
    ["an unknown state", "1|aa|1|1|fine|||"],
    ["an unknown reason", "1|aa|1|1|down|gremlins||"],
    ["an instant that is no number", "then|aa|1|1|up|||"],
    ["an empty instant", "|aa|1|1|up|||"],
    ["a negative instant", "-1|aa|1|1|up|||"],
    ["a fraction of a millisecond", "1|aa|1|1|up||1.5|"],
  ];
  for (const [says, packed] of broken) {
    test(`is refused with ${says}`, () => {
      expect(() => unpackVote(packed)).toThrow("packed vote");
    });
  }
});
