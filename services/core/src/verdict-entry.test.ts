import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { failing, makeResult } from "../test/verdict-cases.ts";
import { parseVerdictEntry } from "./verdict-entry.ts";
import { reportOf } from "./verdict-report.ts";

const endpointId = randomUUID();
const up = reportOf(makeResult({ endpointId }));
const down = reportOf(makeResult({ endpointId, job: { region: "eu-west" }, finding: failing("down") }));

const common = { v: "1", e: endpointId, m: "29000000", at: "1740000000512", tp: "00-aa-bb-01" };
const look = { ...common, k: "look", r: "us-east", j: "the-job", lk: "1740000000412-2", vote: up.packedVote };
const sealed = {
  ...common,
  k: "sealed",
  s: "degraded",
  re: "connection_refused",
  lat: "120",
  rev: "1",
  cov: "15",
  rc: "d90",
  ask: "us-east,eu-west,sa-east",
  "us-east": up.packedVote,
  "eu-west": down.packedVote,
  "d:eu-west": down.findingJson,
};

describe("parseVerdictEntry", () => {
  test("reads a look with its confirmation, number and vote", () => {
    expect(parseVerdictEntry(look)).toEqual({
      kind: "look",
      endpointId,
      minute: 29_000_000,
      writtenAtMs: 1_740_000_000_512,
      traceparent: "00-aa-bb-01",
      region: "us-east",
      jobId: "the-job",
      look: { confirmation: 1_740_000_000_412, n: 2 },
      vote: up.vote,
      finding: null,
    });
  });

  test("reads a result that was told without being a look, with its finding", () => {
    const entry = parseVerdictEntry({ ...look, lk: "", vote: down.packedVote, d: down.findingJson });
    expect(entry).toMatchObject({ look: null, finding: { state: "down" } });
  });

  test("reads a sealed minute: who was asked, who answered, whose finding is kept", () => {
    const entry = parseVerdictEntry(sealed);
    expect(entry).toMatchObject({
      kind: "sealed",
      state: "degraded",
      reason: "connection_refused",
      latencyMs: 120,
      revision: 1,
      coversMinutes: 15,
      retentionClass: "d90",
      regionsAsked: ["us-east", "eu-west", "sa-east"],
      votes: { "us-east": up.vote, "eu-west": down.vote },
    });
    expect(entry).toHaveProperty("findings.eu-west.state", "down");
    expect(entry).not.toHaveProperty("findings.us-east");
  });

  test("reads a minute without reason and without latency", () => {
    const entry = parseVerdictEntry({ ...sealed, k: "corrected", rev: "2", s: "unknown", re: "", lat: "" });
    expect(entry).toMatchObject({ kind: "corrected", revision: 2, reason: null, latencyMs: null });
  });

  const broken: readonly [string, Record<string, string>][] = [
    ["an unknown version", { ...look, v: "2" }],
    ["an unknown kind", { ...look, k: "glance" }],
    ["no endpoint", { ...look, e: "" }],
    ["an unknown state", { ...sealed, s: "fine" }],
    ["a revision of nothing", { ...sealed, rev: "0" }],
    ["a broken vote", { ...sealed, "us-east": "up" }],
    ["a broken finding", { ...sealed, "d:eu-west": "{}" }],
    ["a third look", { ...look, lk: "1740000000412-3" }],
  ];
  for (const [says, fields] of broken) {
    test(`refuses an entry with ${says}`, () => {
      expect(() => parseVerdictEntry(fields)).toThrow();
    });
  }
});
