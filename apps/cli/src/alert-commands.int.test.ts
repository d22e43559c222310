/** Incidents, sinks, rules, maintenance and deliveries from a terminal, against the real API. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { runInTerminal } from "../test/run-in-terminal.ts";
import { type ApiProcess, startApi } from "../test/start-api.ts";

let database: TestDatabase;
let redis: TestRedis;
let api: ApiProcess;
let endpoint: { readonly id: string; readonly slug: string };
beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  api = await startApi({ databaseUrl: database.url("app"), redisUrl: redis.url });
  endpoint = JSON.parse((await run("add", "http://127.0.77.40:5000/alerts", "--json")).out);
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await Promise.all([database?.close(), redis?.close()]);
});

const run = (...args: string[]) =>
  runInTerminal(args, { env: { ALIVEMCP_API_URL: api.url, ALIVEMCP_API_KEY: api.key } });
const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).out);
const query = async (text: string, values: readonly unknown[]) =>
  (await database.pool("super").query(text, [...values])).rows;

test("a sink is added, proven by its code, tested, and removed", async () => {
  const added = await json("sinks", "add", "webhook", "Hook", "--set", "url=http://127.0.77.40:5000/hook");
  expect(added).toMatchObject({ state: "unverified", secret: expect.stringMatching(/^whsec_/) });
  const [proof] = await query("SELECT message FROM delivery WHERE sink_id = $1", [added.id]);
  expect((await run("sinks", "verify", added.id, "AAAA-AAAA")).exitCode).toBe(64);
  const { code } = proof.message.proof;
  expect(await json("sinks", "verify", added.id, code)).toMatchObject({ state: "verified" });
  const { secret } = await json("sinks", "rotate-secret", added.id);
  expect(secret).not.toBe(added.secret);
  const { delivery_id: id } = await json("sinks", "test", added.id);
  expect((await run("deliveries", "list")).out).toContain(id);
  expect((await run("deliveries", "show", id)).out).toContain("pending");
  expect((await run("deliveries", "resend", id)).exitCode).toBe(64);
  await query("UPDATE delivery SET state = 'failed', settled_at = now() WHERE id = $1", [id]);
  expect(await json("deliveries", "resend", id)).toMatchObject({ delivery_id: expect.any(String) });
  expect((await run("sinks", "list")).out).toContain("verified");
  expect((await run("sinks", "remove", added.id)).exitCode).toBe(0);
  expect((await run("sinks", "list")).out).not.toContain(added.id);
});

test("an incident is listed, shown with its timeline, answered, commented on and muted", async () => {
  const [incident] = await query(
    `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes)
     VALUES ($1, now(), now(), 'P1', 'P1', '{down}') RETURNING id`,
    [endpoint.id],
  );
  const [row] = await query(
    `INSERT INTO incident_tenant (tenant_id, incident_id, endpoint_id)
     SELECT tenant_id, $1, id FROM endpoints WHERE id = $2 RETURNING id`,
    [incident.id, endpoint.id],
  );
  expect(await json("incidents", "list", "--state", "open")).toMatchObject([{ id: row.id, state: "open" }]);
  expect((await run("incidents", "ack", row.id)).out).toContain("acknowledged");
  expect((await run("incidents", "comment", row.id, "it is \u001b[31mthe cache")).exitCode).toBe(64);
  expect((await run("incidents", "comment", row.id, "it is the cache")).exitCode).toBe(0);
  expect((await run("incidents", "mute", row.id, "--hours", "2")).out).toContain("muted until");
  expect((await run("incidents", "mute", row.id, "--hours", "169")).exitCode).toBe(64);
  expect((await run("incidents", "unmute", row.id)).exitCode).toBe(0);
  expect((await run("incidents", "show", row.id)).out).toMatch(/acknowledged[\s\S]*comment: it is the cache/);
  expect((await run("incidents", "unack", row.id)).out).toContain("open");
  expect((await run("incidents", "show", "nobody")).exitCode).toBe(64);
});

test("an outage is simulated; one at a time", async () => {
  expect((await run("simulate", endpoint.slug)).out).toContain("incidents show");
  expect((await run("simulate", endpoint.slug)).exitCode).toBe(64);
});

test("maintenance is announced, shown in what an alert would come to, and ended", async () => {
  const before = await run("rules", "preview", endpoint.slug);
  expect(before.out).toContain("no default sink");
  const window = await json("maintenance", "add", "Upgrade", "--minutes", "30");
  expect((await run("maintenance", "list")).out).toContain(window.id);
  expect((await run("maintenance", "end", window.id)).out).toContain("ended");
  expect((await run("maintenance", "add", "Never", "--minutes", "0")).exitCode).toBe(64);
});

test("rules are listed, and what a file says is held to the rules of rules", async () => {
  expect((await run("rules", "list")).out).toContain("default sink");
  expect((await run("rules", "add", "no-such-file.json")).exitCode).toBe(64);
});

test.each(["incidents", "sinks", "rules", "maintenance", "deliveries", "simulate"])(
  "%s explains itself",
  async (command) => {
    const { out, exitCode } = await run(command, "--help");
    expect(exitCode).toBe(0);
    expect(out).toContain("Usage: alivemcp");
  },
);
