import fc from "fast-check";
import { expect, test } from "vitest";
import { packRegions, unpackRegions } from "./packed-regions.ts";
import { crc16 } from "./shard.ts";
import { PROBE_STATES } from "./states.ts";

const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"];

test("what was packed is read back, in the order of the known regions", () => {
  const vote = fc.record({
    region: fc.constantFrom(...REGIONS),
    state: fc.constantFrom(...PROBE_STATES),
    latencyMs: fc.option(fc.integer({ min: 0, max: 65_534 })),
  });
  const votes = fc.uniqueArray(vote, { selector: ({ region }) => region });
  fc.assert(
    fc.property(votes, (packed) => {
      const unpacked = unpackRegions(packRegions(REGIONS.length, packed), REGIONS);
      expect(unpacked?.votes).toEqual(
        REGIONS.flatMap((region) => packed.find((one) => one.region === region) ?? []),
      );
      expect(unpacked?.downCount).toBe(packed.filter(({ state }) => state === "down").length);
      expect(unpacked?.notDownCount).toBe(
        packed.filter(({ state }) => state !== "down" && state !== "unknown").length,
      );
      expect(unpacked?.askedCount).toBe(REGIONS.length);
    }),
  );
});

test("five regions take 29 bytes and no two of them share a fingerprint", () => {
  const votes = REGIONS.map((region) => ({ region, state: "up" as const, latencyMs: 12 }));
  expect(packRegions(5, votes)).toHaveLength(29);
  expect(new Set(REGIONS.map(crc16)).size).toBe(REGIONS.length);
});

test("a latency beyond two bytes is cut and a removed region is left out", () => {
  const bytes = packRegions(2, [
    { region: "us-east", state: "up", latencyMs: 1_000_000 },
    { region: "xx-gone", state: "down", latencyMs: null },
  ]);
  expect(unpackRegions(bytes, REGIONS)?.votes).toEqual([
    { region: "us-east", state: "up", latencyMs: 65_534 },
  ]);
  expect(unpackRegions(bytes, REGIONS)).toMatchObject({ downCount: 1, notDownCount: 1, askedCount: 2 });
});

test.each([[[]], [[2, 0, 0, 0]], [[1, 0, 0]], [[1, 1, 1, 0, 9, 9]]])("%j is not read", (bytes) => {
  expect(unpackRegions(Uint8Array.from(bytes), REGIONS)).toBeNull();
});

test("a state code from the future reads as unknown", () => {
  expect(
    unpackRegions(
      Uint8Array.from([1, 1, 0, 0, crc16("us-east") >> 8, crc16("us-east") & 255, 99, 0, 1]),
      REGIONS,
    )?.votes,
  ).toEqual([{ region: "us-east", state: "unknown", latencyMs: 1 }]);
});
