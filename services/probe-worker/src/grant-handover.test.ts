import { expect, test } from "vitest";
import { probeJob } from "../test/probe-job.ts";
import { grantHandover } from "./grant-handover.ts";
import { DISPATCHES_PER_DELIVERY } from "./probe-fleet.ts";

const config = { INTERNAL_URL: "http://api:4403", REGION_TOKENS: new Map([["us-east", "token"]]) };
const job = probeJob("/", { credentialTicket: "ticket", notBeforeMs: 1_000 });
const grant = (delivery: number, over: Partial<typeof config> = {}, of = job) =>
  grantHandover({ ...config, ...over }, of, { jobId: "id", delivery });

test("a job without a ticket needs no credential", () => {
  expect(grant(1, {}, { ...job, credentialTicket: null })).toEqual({ kind: "open" });
});

test("a job with one is granted its region's token, and given up 30 s after it was due", () => {
  expect(grant(1)).toEqual({
    kind: "granted",
    handover: {
      ticket: "ticket",
      region: "us-east",
      regionToken: "token",
      jobId: "id",
      endpointId: job.endpointId,
      firstDispatch: 1,
      lateAtMs: 31_000,
    },
  });
});

test("no two deliveries share a dispatch number, and none is above what the api takes", () => {
  const numbers = Array.from({ length: 250 }, (_, n) => grant(n + 1)).flatMap((each) =>
    each.kind === "granted"
      ? Array.from({ length: DISPATCHES_PER_DELIVERY }, (_, run) => each.handover.firstDispatch + run)
      : [],
  );
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.length).toBeGreaterThan(900);
  expect(Math.max(...numbers)).toBeLessThanOrEqual(1_000);
  expect(grant(250)).toEqual({ kind: "impossible", detail: "worker_lost" });
});

test.each([
  { name: "without the api's address", over: { INTERNAL_URL: undefined as unknown as string } },
  { name: "without the region's token", over: { REGION_TOKENS: new Map([["eu-west", "token"]]) } },
])("a worker $name says so", ({ over }) => {
  expect(grant(1, over)).toEqual({ kind: "impossible", detail: "credential_not_configured" });
});
