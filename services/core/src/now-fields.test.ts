import { describe, expect, test } from "vitest";
import { formatConfirming, isLookOutstanding, parseConfirming, RAW_FIELDS } from "./now-fields.ts";

const confirming = { confirmation: 1_740_000_000_412, look1Minute: 29_000_000, look2Minute: 29_000_001 };

describe("confirming", () => {
  test("comes back as it was written", () => {
    expect(parseConfirming(formatConfirming(confirming))).toEqual(confirming);
  });

  test("is nothing when absent, empty or of another shape", () => {
    for (const text of [null, undefined, "", "1740000000412", "1:2", "1:2:3:4", "a:b:c"]) {
      expect(parseConfirming(text)).toBeNull();
    }
  });

  test("keeps the minutes of both looks open, and no other", () => {
    const open = [28_999_999, 29_000_000, 29_000_001, 29_000_002].filter((minute) =>
      isLookOutstanding(confirming, minute),
    );
    expect(open).toEqual([29_000_000, 29_000_001]);
    expect(isLookOutstanding(null, 29_000_000)).toBe(false);
  });
});

test("each region has a field for its vote and one for its finding", () => {
  expect([RAW_FIELDS.vote("eu-west"), RAW_FIELDS.finding("eu-west")]).toEqual(["r:eu-west", "d:eu-west"]);
});
