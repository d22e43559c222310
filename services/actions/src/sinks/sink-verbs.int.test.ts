import { listStaleDefaultSinks } from "@alivemcp/db/queries/default-sinks-system";
import { openSettings } from "@alivemcp/runtime/sink-keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { makeTestSinkKey } from "../../../runtime/test/sink-keys.ts";
import { callerOf, openTestActions, type TestActions } from "../../test/action-deps.ts";
import { exportWorkspace } from "../workspaces/export-workspace.ts";
import { chooseDefaultSink, deleteSink, renameSink, replaceSinkSettings } from "./change-sink.ts";
import { createSink, type SinkDeps } from "./create-sink.ts";
import { getSink, listSinks } from "./get-sink.ts";
import { testSink } from "./test-sink.ts";
import { confirmSinkCode, enableSink, startVerification } from "./verify-sink.ts";

const t0 = Date.UTC(2026, 10, 21, 12);
let nowMs = t0;
const { key } = makeTestSinkKey();
let actions: TestActions;
let database: TestDatabase;
beforeAll(async () => {
  actions = await openTestActions();
  database = actions.database;
});
afterAll(() => actions.close());

const deps = (): SinkDeps => ({ ...actions.deps, clock: { nowMs: () => nowMs }, sinkPublicKey: key });
const WEBHOOK = {
  kind: "webhook",
  name: "Hook",
  settings: { url: "http://127.0.77.9/hook?key=s3cret" },
} as const;
const DISCORD = {
  kind: "discord",
  name: "Chat",
  settings: { url: `https://discord.com/api/webhooks/1234567890123456789/${"t".repeat(68)}` },
} as const;
const rowOf = async (id: string) =>
  (await database.pool("super").query("SELECT * FROM sink WHERE id = $1", [id])).rows[0];
/** The proof that was sent last. */
const codeOf = async (id: string): Promise<string> =>
  (
    await database
      .pool("super")
      .query(
        "SELECT message FROM delivery WHERE sink_id = $1 AND state = 'pending' AND event = 'verification'",
        [id],
      )
  ).rows[0]?.message.proof.code;
const audited = async ({ id }: TestTenant) =>
  (
    await database.pool("super").query("SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id", [id])
  ).rows.map(({ action }) => action);

test("a sink is sealed to its sender, unverified, and its proof is promised", async () => {
  const tenant = await addTestTenant(database);
  const { sink, secret } = await createSink(deps(), callerOf(tenant), WEBHOOK);
  expect(sink).toMatchObject({ kind: "webhook", state: "unverified", shown: "127.0.77.9", isDefault: false });
  const row = await rowOf(sink.id);
  expect(JSON.stringify([row, sink])).not.toContain("s3cret");
  const binding = { tenantId: tenant.id, sinkId: sink.id, version: 1 };
  const sealed = { sealed: row.sealed, sealingKeyId: row.sealing_key_id };
  expect(openSettings([key], { ...sealed, ...binding })).toEqual({ ...WEBHOOK.settings, secret });
  expect(openSettings([key], { ...sealed, ...binding, version: 2 })).toBeNull();
  expect(await audited(tenant)).toEqual(["sink.create"]);
  expect(await codeOf(sink.id)).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  expect(JSON.stringify(row)).not.toContain(await codeOf(sink.id));
});

test.each<[string, unknown, string]>([
  ["a private address", { ...WEBHOOK, settings: { url: "http://10.0.0.1/hook" } }, "settings.url"],
  ["the metadata of a cloud", { ...WEBHOOK, settings: { url: "http://169.254.169.254/" } }, "settings.url"],
  ["what is no URL", { ...WEBHOOK, settings: { url: "javascript:alert(1)" } }, "settings.url"],
  ["no URL", { ...WEBHOOK, settings: {} }, "settings.url"],
  [
    "a secret of the caller's own",
    { ...WEBHOOK, settings: { ...WEBHOOK.settings, secret: "x" } },
    "settings.secret",
  ],
  [
    "a setting of another kind",
    { ...DISCORD, settings: { ...DISCORD.settings, topic: "x" } },
    "settings.topic",
  ],
  [
    "another host than the vendor's",
    { ...DISCORD, settings: { url: "https://evil.example/x" } },
    "settings.url",
  ],
  [
    "an install that Slack did not make",
    { kind: "slack", name: "S", settings: { via: "install" } },
    "settings.via",
  ],
  [
    "what is no address",
    { kind: "email", name: "M", settings: { address: "a\nb@example.com" } },
    "settings.address",
  ],
])("a sink with %s is refused, and nothing is written", async (_name, input, field) => {
  const tenant = await addTestTenant(database);
  await expect(createSink(deps(), callerOf(tenant), input as typeof WEBHOOK)).rejects.toMatchObject({
    code: "invalid",
    field,
  });
  expect(await listSinks(deps(), callerOf(tenant))).toEqual([]);
  expect(await audited(tenant)).toEqual([]);
});

test("the plan bounds how many sinks there are, and of which kinds", async () => {
  const tenant = await addTestTenant(database, { plan: "public" });
  await expect(createSink(deps(), callerOf(tenant), WEBHOOK)).rejects.toMatchObject({
    code: "limit_reached",
    field: "kind",
  });
  const mail = (address: string) =>
    createSink(deps(), callerOf(tenant), { kind: "email", name: "Mail", settings: { address } });
  expect((await mail("OnCall@example.com")).sink.shown).toBe("o…l@example.com");
  await expect(mail("second@example.com")).rejects.toMatchObject({ code: "limit_reached" });
});

test("the code that was posted verifies the sink, however it is typed", async () => {
  const tenant = await addTestTenant(database);
  const { sink } = await createSink(deps(), callerOf(tenant), DISCORD);
  const code = (await codeOf(sink.id)).toLowerCase().replace("-", " ");
  const verified = await confirmSinkCode(deps(), callerOf(tenant), { id: sink.id, code });
  expect(verified).toMatchObject({ state: "verified", verifiedAt: new Date(nowMs), proofExpiresAt: null });
  expect((await rowOf(sink.id)).proof_hash).toBeNull();
  expect(await audited(tenant)).toEqual(["sink.create", "sink.confirm"]);
});

test("the code of another tenant's sink is a wrong one, and so is one typed into another sink", async () => {
  const [mine, theirs] = [await addTestTenant(database), await addTestTenant(database)];
  const { sink: own } = await createSink(deps(), callerOf(mine), DISCORD);
  const { sink: other } = await createSink(deps(), callerOf(theirs), DISCORD);
  const confirm = (tenant: TestTenant, id: string, code: string) =>
    confirmSinkCode(deps(), callerOf(tenant), { id, code });
  await expect(confirm(mine, own.id, await codeOf(other.id))).rejects.toMatchObject({
    code: "invalid",
    field: "code",
  });
  await expect(confirm(mine, other.id, await codeOf(other.id))).rejects.toMatchObject({ code: "not_found" });
  expect((await rowOf(own.id)).state).toBe("unverified");
  expect((await rowOf(other.id)).state).toBe("unverified");
});

test("after five wrong tries, and after a quarter of an hour, the right code is worth nothing", async () => {
  const tenant = await addTestTenant(database);
  const { sink } = await createSink(deps(), callerOf(tenant), DISCORD);
  const confirm = (code: string) => confirmSinkCode(deps(), callerOf(tenant), { id: sink.id, code });
  const right = await codeOf(sink.id);
  for (const left of ["4 more tries", "3 more", "2 more", "one more", "Send another"]) {
    await expect(confirm("AAAA-AAAA")).rejects.toMatchObject({
      code: "invalid",
      public: expect.stringContaining(left),
    });
  }
  await expect(confirm(right)).rejects.toMatchObject({ code: "conflict", field: "code" });
  await startVerification(deps(), callerOf(tenant), sink.id);
  const second = await codeOf(sink.id);
  await expect(confirm(right)).rejects.toMatchObject({ code: "invalid" });
  nowMs = t0 + 15 * 60_000;
  await expect(confirm(second)).rejects.toMatchObject({ code: "conflict" });
  nowMs = t0;
  expect(await confirm(second)).toMatchObject({ state: "verified" });
});

test("nobody is flooded with proofs: five an hour for a sink, and deleting it gives no more", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  await createSink(deps(), caller, WEBHOOK);
  const { sink } = await createSink(deps(), caller, DISCORD);
  for (let n = 0; n < 4; n += 1) {
    await startVerification(deps(), caller, sink.id);
  }
  await expect(startVerification(deps(), caller, sink.id)).rejects.toMatchObject({ code: "rate_limited" });
  const pending = "SELECT count(*)::int AS n FROM delivery WHERE sink_id = $1 AND state = 'pending'";
  expect((await database.pool("super").query(pending, [sink.id])).rows).toEqual([{ n: 1 }]);
  let created = 0;
  const tryAgain = async () => {
    const again = await createSink(deps(), caller, DISCORD);
    await deleteSink(deps(), caller, again.sink.id);
    created += 1;
  };
  await expect(
    (async () => {
      for (;;) {
        await tryAgain();
      }
    })(),
  ).rejects.toMatchObject({ code: "rate_limited" });
  expect(created).toBe(24);
});

test("other settings have to be proven again; another name need not", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  const { sink } = await createSink(deps(), caller, DISCORD);
  await confirmSinkCode(deps(), caller, { id: sink.id, code: await codeOf(sink.id) });
  expect(await renameSink(deps(), caller, { id: sink.id, name: "Other" })).toMatchObject({
    name: "Other",
    state: "verified",
  });
  const replaced = await replaceSinkSettings(deps(), caller, { id: sink.id, settings: DISCORD.settings });
  expect(replaced.sink).toMatchObject({ state: "unverified", version: 2, verifiedAt: null });
  const row = await rowOf(sink.id);
  const binding = { tenantId: tenant.id, sinkId: sink.id, version: 2 };
  expect(
    openSettings([key], { sealed: row.sealed, sealingKeyId: row.sealing_key_id, ...binding }),
  ).toMatchObject(DISCORD.settings);
});

test("a disabled sink is switched on by a new proof only", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  const { sink } = await createSink(deps(), caller, DISCORD);
  await expect(enableSink(deps(), caller, sink.id)).rejects.toMatchObject({ code: "conflict" });
  await database
    .pool("super")
    .query(
      "UPDATE sink SET state = 'disabled', disabled_at = now(), disabled_reason = 'gone' WHERE id = $1",
      [sink.id],
    );
  expect(await enableSink(deps(), caller, sink.id)).toMatchObject({
    state: "unverified",
    disabledReason: null,
  });
  await confirmSinkCode(deps(), caller, { id: sink.id, code: await codeOf(sink.id) });
  expect(await getSink(deps(), caller, sink.id)).toMatchObject({ state: "verified" });
  await expect(startVerification(deps(), caller, sink.id)).rejects.toMatchObject({ code: "conflict" });
});

test("the default sink stays until a verified one takes its place; rules lose a sink that is removed", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  const { sink: first } = await createSink(deps(), caller, WEBHOOK);
  const { sink: second } = await createSink(deps(), caller, DISCORD);
  await database.pool("super").query(
    `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, sink_ids)
     VALUES ($1, 'r', 1, '{P1}', '{"kind": "all"}', $2)`,
    [tenant.id, [first.id, second.id]],
  );
  const steps = [{ afterMs: 0, sinkIds: [first.id, second.id] }];
  await database
    .pool("super")
    .query("INSERT INTO escalation_policy (tenant_id, name, steps) VALUES ($1, 'p', $2)", [
      tenant.id,
      JSON.stringify(steps),
    ]);
  await database.pool("super").query("UPDATE sink SET is_default = true WHERE id = $1", [first.id]);
  await expect(deleteSink(deps(), caller, first.id)).rejects.toMatchObject({ code: "conflict" });
  await expect(chooseDefaultSink(deps(), caller, second.id)).rejects.toMatchObject({ code: "conflict" });
  await confirmSinkCode(deps(), caller, { id: second.id, code: await codeOf(second.id) });
  await chooseDefaultSink(deps(), caller, second.id);
  await deleteSink(deps(), caller, first.id);
  const [rule] = (
    await database.pool("super").query("SELECT sink_ids FROM alert_rule WHERE tenant_id = $1", [tenant.id])
  ).rows;
  const [policy] = (
    await database
      .pool("super")
      .query("SELECT steps FROM escalation_policy WHERE tenant_id = $1", [tenant.id])
  ).rows;
  expect(rule.sink_ids).toEqual([second.id]);
  expect(policy.steps).toEqual([{ afterMs: 0, sinkIds: [second.id] }]);
  expect(await listSinks(deps(), caller)).toMatchObject([{ id: second.id, isDefault: true }]);
});

test("a default that we made follows the owner; one that somebody chose or entered is left alone", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  const stale = async () =>
    (await listStaleDefaultSinks(database.pool("system"), { tenantIds: [tenant.id], limit: 10 })).map(
      ({ sinkId }) => sinkId,
    );
  expect(await stale()).toEqual([null]);
  const { sink } = await createSink(deps(), caller, DISCORD);
  await confirmSinkCode(deps(), caller, { id: sink.id, code: await codeOf(sink.id) });
  await chooseDefaultSink(deps(), caller, sink.id);
  expect(await stale()).toEqual([]);
  const { rows } = await database
    .pool("super")
    .query(`UPDATE sink SET is_default = (id <> $2) WHERE tenant_id = $1 RETURNING id`, [tenant.id, sink.id]);
  expect(rows).toHaveLength(1);
  const mail = await createSink(deps(), caller, {
    kind: "email",
    name: "Mail",
    settings: { address: "oncall@example.com" },
  });
  await database.pool("super").query("UPDATE sink SET is_default = true WHERE id = $1", [mail.sink.id]);
  expect(await stale()).toEqual([]);
  await database
    .pool("super")
    .query("UPDATE sink SET shown = 'former-owner@example.com' WHERE id = $1", [mail.sink.id]);
  expect(await stale()).toEqual([mail.sink.id]);
});

test("nothing but its proof goes to an unverified sink, and a test ten times an hour", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  const { sink } = await createSink(deps(), caller, DISCORD);
  await expect(testSink(deps(), caller, sink.id)).rejects.toMatchObject({ code: "conflict" });
  await confirmSinkCode(deps(), caller, { id: sink.id, code: await codeOf(sink.id) });
  for (let n = 0; n < 10; n += 1) {
    nowMs = t0 + n;
    await testSink(deps(), caller, sink.id);
  }
  await expect(testSink(deps(), caller, sink.id)).rejects.toMatchObject({ code: "rate_limited" });
  nowMs = t0;
});

test("the export holds neither what opens a sink nor what proves it", async () => {
  const tenant = await addTestTenant(database);
  const caller = callerOf(tenant);
  const { sink, secret } = await createSink(deps(), caller, WEBHOOK);
  const code = await codeOf(sink.id);
  const chunks: string[] = [];
  for await (const chunk of await exportWorkspace(deps(), caller)) {
    chunks.push(String(chunk));
  }
  const text = chunks.join("");
  expect(text).toContain(sink.id);
  for (const word of [code, String(secret), "s3cret"]) {
    expect(text).not.toContain(word);
  }
});
