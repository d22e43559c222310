import { expect, test } from "vitest";
import type { ProbeFinding } from "./pipeline.ts";
import { toPublicFinding, toPublicServer, toPublicStep } from "./public-fields.ts";
import { publicHelp } from "./public-help.ts";
import { FAILURE_REASONS } from "./states.ts";

const finding: ProbeFinding = {
  state: "down",
  reason: "http_error",
  layer: "http",
  detail: "http_503 from 203.0.113.7",
  isAuthRequired: false,
  startedAtMs: 1,
  observedAtMs: 2,
  latencyMs: null,
  era: "legacy",
  protocolVersion: "2025-06-18",
  transport: "http",
  server: { name: "acme\u202E", version: "1.0" },
  toolsCount: 3,
  contractHash: "a".repeat(64),
  fullHash: "b".repeat(64),
  transientReason: "timeout",
  tlsExpiresAtMs: 9,
  retryAfterMs: 8,
  lints: ["SENTINEL lint"],
  steps: [
    { step: "dns", ms: 3, ok: true, detail: "203.0.113.7" },
    { step: "tcp", ms: 3, ok: false, detail: "refused by 203.0.113.7:443" },
    { step: "http", ms: null, ok: false, detail: null },
  ],
  evidence: "SENTINEL body",
};

test("a finding shows what is on the list: no excerpt, hash, lint, certificate date or address", () => {
  const shown = toPublicFinding(finding);
  const text = JSON.stringify(shown);
  expect(text).not.toMatch(/SENTINEL|203\.0|aaaa|bbbb/);
  expect(Object.keys(shown).sort()).toEqual([
    "detail",
    "isAuthRequired",
    "latencyMs",
    "layer",
    "measured",
    "observedAtMs",
    "reason",
    "state",
    "steps",
    "transientReason",
  ]);
  expect(shown.steps.map((step) => step.detail)).toEqual([null, "refused by (address)", null]);
  expect(shown.measured.server).toEqual({ name: "acme", version: "1.0" });
});

test("a finding that measured nothing stays nothing", () => {
  const shown = toPublicFinding({ ...finding, detail: null, protocolVersion: null, server: null });
  expect(shown).toMatchObject({ detail: null, measured: { protocolVersion: null, server: null } });
  expect(toPublicServer(null)).toBeNull();
});

test("a step's detail stays when it is no address", () => {
  expect(toPublicStep({ step: "tls", ms: 20, ok: true, detail: "TLS 1.3" }).detail).toBe("TLS 1.3");
});

test.each(FAILURE_REASONS)(
  "help on %s says what it means, why it may be, and what to run first",
  (reason) => {
    const help = publicHelp(reason);
    expect(help.title.length).toBeLessThanOrEqual(40);
    expect(help.meaning).toMatch(/\.$/);
    expect(help.effect).toMatch(/\.$/);
    expect(help.causes.length).toBeGreaterThan(0);
    expect(help.commands.length).toBeGreaterThan(0);
  },
);
