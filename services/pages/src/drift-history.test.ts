import { expect, test } from "vitest";
import { driftHistory } from "./drift-history.ts";
import { type StoredDriftEvent, toDriftEntry } from "./to-drift-entry.ts";

const t0 = Date.UTC(2026, 10, 20, 12, 7, 0);
const shown = async (change: Partial<StoredDriftEvent>) => {
  const event: StoredDriftEvent = {
    region: null,
    atMs: t0,
    kind: "drift",
    isBreaking: false,
    isSuspicious: false,
    isAccepted: false,
    isAnnounced: false,
    changes: [],
    ...change,
  };
  return String(await driftHistory([toDriftEntry(event, (region) => region)], { nowMs: t0 }));
};

test.each([
  ["a change that its owner announced", { isAnnounced: true }, "announced"],
  ["an accepted one", { isAccepted: true }, "accepted"],
  ["a breaking one", { isBreaking: true }, "breaking"],
  ["one that tells agents what to do", { isSuspicious: true }, "new instructions"],
])("%s says so", async (_name, change, word) => {
  expect(await shown(change)).toContain(`>${word}</span>`);
  expect(await shown({})).not.toContain(`>${word}</span>`);
});
