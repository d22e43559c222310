import { expect, test } from "vitest";
import { NO_WINDOWS } from "./endpoint-windows.ts";
import { NOW_VIEW_FIELDS, readNowView } from "./now-view.ts";

const values = (fields: Record<string, string>) => NOW_VIEW_FIELDS.map((name) => fields[name] ?? null);

test("an endpoint Redis knows nothing of reads as nothing, not as down", () => {
  expect(readNowView(values({}))).toEqual({
    raw: null,
    committed: null,
    isConfirming: false,
    windows: NO_WINDOWS,
    archivedThroughMs: null,
  });
});

test("every owner's fields are read back", () => {
  const windows = { ...NO_WINDOWS, latencyMsP50Of24h: 120 };
  const view = readNowView(
    values({
      raw_state: "down",
      raw_reason: "connection_refused",
      raw_minute: "29000000",
      raw_at: "1740000000123",
      raw_latency: "",
      committed: "up",
      committed_at: "1739999999000",
      committed_reason: "",
      flags: "degraded,flapping,nonsense",
      confirming: "1740000000000:29000000:29000000",
      windows: JSON.stringify(windows),
      archived_through: "1740000000000",
    }),
  );
  expect(view).toEqual({
    raw: {
      state: "down",
      reason: "connection_refused",
      minute: 29_000_000,
      atMs: 1_740_000_000_123,
      latencyMs: null,
    },
    committed: { state: "up", sinceAtMs: 1_739_999_999_000, reason: null, flags: ["degraded", "flapping"] },
    isConfirming: true,
    windows,
    archivedThroughMs: 1_740_000_000_000,
  });
});

test.each(["{", '{"uptime":1}', "null"])("broken windows %j count as missing", (text) => {
  expect(readNowView(values({ windows: text })).windows).toEqual(NO_WINDOWS);
});
