import { randomUUID } from "node:crypto";
import { makeBoxKeys } from "@alivemcp/runtime/sealed-box";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type InternalPort,
  openInternalPort,
  REGION_TOKENS,
  ticketFor,
  type VaultEntry,
} from "../test/internal-port.ts";
import type { HandoverOrder } from "./child-protocol.ts";
import { openCredential } from "./open-credential.ts";

let port: InternalPort;
beforeEach(async () => {
  port = await openInternalPort();
});
afterEach(() => port.close());

const keys = makeBoxKeys();
const never = new AbortController().signal;
function orderOf(over: Partial<HandoverOrder> = {}): HandoverOrder {
  const endpointId = over.endpointId ?? randomUUID();
  const region = over.region ?? "us-east";
  const jobId = over.jobId ?? randomUUID();
  return {
    ticket: ticketFor({ endpointId, region }, jobId),
    region,
    regionToken: REGION_TOKENS.get(region) ?? "",
    jobId,
    endpointId,
    jobDispatch: 1,
    ...over,
  };
}
function open(
  order: HandoverOrder,
  entry: VaultEntry | null,
  over: { isRenewal?: boolean; signal?: AbortSignal; keys?: typeof keys } = {},
) {
  if (entry !== null) {
    port.vault.set(order.endpointId, entry);
  }
  const deps = { internalUrl: port.url, keys: over.keys ?? keys };
  return openCredential(deps, order, {
    isRenewal: over.isRenewal ?? false,
    origin: "https://mcp.example.com",
    signal: over.signal ?? never,
  });
}

test("a credential comes as the headers to send, with the end of its life", async () => {
  const entry = { token: "tok", expiresAtMs: 7 };
  expect(await open(orderOf(), entry)).toEqual({
    kind: "opened",
    credential: { headers: { Authorization: "Bearer tok" }, expiresAtMs: 7 },
  });
  expect(await open(orderOf(), { headers: { "x-key": "k", "x-tenant": "t" } })).toEqual({
    kind: "opened",
    credential: { headers: { "x-key": "k", "x-tenant": "t" }, expiresAtMs: null },
  });
});

test("a renewal is asked for as one, and gets the newer credential", async () => {
  const order = orderOf();
  const entry = { token: "old", newerToken: "new" };
  await open(order, entry);
  expect(await open(order, entry, { isRenewal: true })).toMatchObject({
    credential: { headers: { Authorization: "Bearer new" } },
  });
  expect(port.asked.map(({ isRenewal }) => isRenewal)).toEqual([false, true]);
});

test("the words of an authorization server that refused the grant are handed on", async () => {
  expect(await open(orderOf(), { rejected: "invalid_client" })).toEqual({
    kind: "rejected",
    detail: "invalid_client",
  });
});

describe("what the api refuses is told apart", () => {
  const forged = orderOf();
  test.each<[name: string, order: HandoverOrder, entry: VaultEntry | null, detail: string]>([
    [
      "a token that is not the region's",
      orderOf({ regionToken: "wrong" }),
      { token: "t" },
      "credential_region_refused",
    ],
    [
      "a ticket signed by somebody else",
      {
        ...forged,
        ticket: ticketFor({ ...forged }, forged.jobId, { key: "another-key-of-at-least-32-characters" }),
      },
      { token: "t" },
      "credential_ticket_refused",
    ],
    [
      "a ticket of another job",
      { ...orderOf(), jobId: "another" },
      { token: "t" },
      "credential_ticket_refused",
    ],
    [
      "a ticket that ended",
      { ...forged, ticket: ticketFor(forged, forged.jobId, { expiresAtMs: 1 }) },
      { token: "t" },
      "credential_ticket_refused",
    ],
    ["a credential that is gone", orderOf(), null, "credential_gone"],
    ["an authorization server that is away", orderOf(), { status: 502 }, "credential_login_unreachable"],
    ["a fault of the api", orderOf(), { status: 500 }, "credential_api_failed"],
    ["an answer that is no JSON", orderOf(), { status: 200, body: "<html>" }, "credential_api_failed"],
    [
      "an answer of another shape",
      orderOf(),
      { status: 200, body: '{"kind":"open"}' },
      "credential_api_failed",
    ],
  ])("%s", async (_name, order, entry, detail) => {
    expect(await open(order, entry)).toEqual({ kind: "failed", detail });
  });

  test("a second key for one dispatch; the first may ask again and gets its answer", async () => {
    const order = orderOf();
    expect((await open(order, { token: "t" })).kind).toBe("opened");
    expect(await open(order, null, { keys: makeBoxKeys() })).toEqual({
      kind: "failed",
      detail: "credential_key_refused",
    });
    expect((await open(order, null)).kind).toBe("opened");
    expect((await open({ ...order, jobDispatch: 2 }, null, { keys: makeBoxKeys() })).kind).toBe("opened");
  });

  test("a box that was sealed for another endpoint", async () => {
    const order = orderOf();
    const opening = await open({ ...order, endpointId: randomUUID() }, null);
    expect(opening).toEqual({ kind: "failed", detail: "credential_gone" });
    port.vault.set(order.endpointId, { token: "t" });
    expect(await open({ ...order, endpointId: randomUUID() }, null)).toEqual({
      kind: "failed",
      detail: "credential_unreadable",
    });
  });
});

test("an api that is being restarted is waited for", async () => {
  await port.close();
  const opening = open(orderOf(), { token: "t" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await port.reopen();
  expect((await opening).kind).toBe("opened");
});

test("an api that stays away ends as such, after three seconds of trying", async () => {
  await port.close();
  const startedMs = performance.now();
  expect(await open(orderOf(), { token: "t" })).toEqual({
    kind: "failed",
    detail: "credential_api_unreachable",
  });
  expect(performance.now() - startedMs).toBeLessThan(4_500);
  await port.reopen();
});

test("an api that hangs is given five seconds, and an aborted probe none", async () => {
  await port.close();
  const hanging = await openInternalPort(() => new Promise(() => {}));
  port = hanging;
  const startedMs = performance.now();
  const aborted = await open(orderOf(), { token: "t" }, { signal: AbortSignal.timeout(100) });
  expect(aborted).toEqual({ kind: "failed", detail: "credential_api_timeout" });
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  expect(await open(orderOf(), { token: "t" })).toEqual(aborted);
  expect(performance.now() - startedMs).toBeLessThan(7_000);
});
