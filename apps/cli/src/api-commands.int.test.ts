/** Log-in, keys, pauses, drift, waiting, and what operators do, against the real API. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { minuteOf, nowKey } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { runInTerminal } from "../test/run-in-terminal.ts";
import { type ApiProcess, startApi } from "../test/start-api.ts";

let database: TestDatabase;
let redis: TestRedis;
let api: ApiProcess;
let home: string;
beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  api = await startApi({ databaseUrl: database.url("app"), redisUrl: redis.url });
  home = mkdtempSync(join(tmpdir(), "alivemcp-home-"));
}, 60_000);
afterAll(async () => {
  rmSync(home, { recursive: true });
  await api?.stop();
  await Promise.all([database?.close(), redis?.close()]);
});

const asOperator = (...args: string[]) =>
  runInTerminal(args, { env: { ALIVEMCP_API_URL: api.url, ALIVEMCP_API_KEY: api.key } });
const atHome = (args: string[], more: Parameters<typeof runInTerminal>[1] = {}) =>
  runInTerminal(args, { ...more, env: { XDG_CONFIG_HOME: home, ...more.env } });
const addEndpoint = async (path: string) => {
  const added = await asOperator("add", `http://127.0.77.40:5000/${path}`, "--json");
  return JSON.parse(added.out) as { id: string; slug: string };
};
const makeKey = async (...scopes: string[]) => {
  const made = await asOperator(
    "keys",
    "create",
    "test",
    ...scopes.flatMap((scope) => ["--scope", scope]),
    "--json",
  );
  return JSON.parse(made.out) as { id: string; key: string };
};
const show = (id: string, state: "up" | "down", atMs: number) =>
  redis.redis.hset(nowKey(id), {
    [RAW_FIELDS.state]: state,
    [RAW_FIELDS.reason]: state === "down" ? "connection_refused" : "",
    [RAW_FIELDS.minute]: minuteOf(atMs),
    [RAW_FIELDS.atMs]: atMs,
    [RAW_FIELDS.latencyMs]: "",
    [COMMITTED_FIELDS.state]: state,
    [COMMITTED_FIELDS.sinceAtMs]: atMs,
  });

test("a key that is verified is stored for this user only, is used from then on, and is forgotten by logout", async () => {
  const { key } = await makeKey("read", "endpoints:write");
  const env = { ALIVEMCP_API_URL: api.url };
  const loggedIn = await atHome(["login"], { secret: ` ${key}\n`, env });
  expect(loggedIn).toMatchObject({ exitCode: 0, out: expect.stringContaining("Default") });
  expect(JSON.stringify(loggedIn)).not.toContain(key.slice(18));
  const file = join(home, "alivemcp", "login.json");
  expect([statSync(file).mode & 0o777, statSync(join(home, "alivemcp")).mode & 0o777]).toEqual([
    0o600, 0o700,
  ]);
  expect(readFileSync(file, "utf8")).toContain(key);
  expect(await atHome(["whoami"])).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/Default \(default\)[\s\S]*team[\s\S]*read, endpoints:write/),
  });
  const other = await makeKey("members:read");
  const won = await atHome(["whoami", "--json"], { env: { ALIVEMCP_API_KEY: other.key } });
  expect(JSON.parse(won.out).key.scopes).toEqual(["members:read"]);
  expect((await atHome(["logout"])).out).toBe("logged out");
  expect(await atHome(["list"], { env })).toMatchObject({
    exitCode: 64,
    err: expect.stringContaining("alivemcp login"),
  });
  expect((await atHome(["logout"])).out).toBe("nobody was logged in");
});

test("a key comes from standard input where nobody can type; a bad one is not stored", async () => {
  const { key } = await makeKey("read");
  const env = { ALIVEMCP_API_URL: api.url };
  expect((await atHome(["login", "--with-token"], { input: `${key}\n`, env })).exitCode).toBe(0);
  await atHome(["logout"]);
  for (const [args, input] of [
    [["login", "--with-token"], "amk_live_wrong\n"],
    [["login", "--with-token"], ""],
    [["login"], ""],
  ] as const) {
    expect(await atHome([...args], { input, env })).toMatchObject({ exitCode: 64, out: "" });
  }
  expect(() => statSync(join(home, "alivemcp", "login.json"))).toThrow();
});

test("an endpoint is paused, resumed and removed; removing has to be meant", async () => {
  const { slug } = await addEndpoint("life");
  expect((await asOperator("pause", slug)).out).toBe(`paused ${slug}`);
  expect((await asOperator("list")).out).toMatch(new RegExp(`paused +${slug}`));
  expect(JSON.parse((await asOperator("resume", slug, "--json")).out)).toMatchObject({
    slug,
    is_paused: false,
  });
  expect((await asOperator("remove", slug)).exitCode).toBe(64);
  expect(await asOperator("remove", slug, "--yes")).toMatchObject({ exitCode: 0, out: `removed ${slug}` });
  expect((await asOperator("status", slug)).exitCode).toBe(64);
});

test("drift is listed with what breaks, and accepting says when there is nothing new", async () => {
  const { id, slug } = await addEndpoint("drift");
  expect((await asOperator("drift", "list", slug)).out).toBe("no changes");
  await database
    .pool("super")
    .query(
      `INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, changes) VALUES ($1, now(), 'drift', true, $2)`,
      [id, JSON.stringify([{ kind: "tool_removed", class: "breaking", tool: "sea\u001b[31mrch", path: "" }])],
    );
  const { out } = await asOperator("drift", "list", slug, "--open");
  expect(out).toMatch(/drift +breaking\n {2}breaking +tool_removed/);
  expect(out).not.toContain("\u001b");
  expect(await asOperator("drift", "accept", slug)).toMatchObject({
    exitCode: 0,
    out: "every region serves the baseline already",
  });
});

test("waiting ends when probes that began afterwards found the endpoint up, and not by an old verdict", async () => {
  const { id, slug } = await addEndpoint("wait");
  await show(id, "up", Date.now() - 30_000);
  const old = await asOperator("wait", slug, "--timeout", "3");
  expect(old.exitCode).toBe(1);
  const waiting = asOperator("wait", slug, "--timeout", "30", "--json");
  await show(id, "down", Date.now());
  const turnsUp = new Promise((resolve) => setTimeout(resolve, 500)).then(() =>
    show(id, "up", Date.now() + 1_000),
  );
  const [done] = await Promise.all([waiting, turnsUp]);
  expect([done.exitCode, JSON.parse(done.out)]).toEqual([
    0,
    expect.objectContaining({ slug, is_reached: true }),
  ]);
});

test.each([
  ["down at the deadline", "down", ["--for", "up"], 2],
  ["still live when it should go down", "up", ["--for", "down"], 1],
  ["down as wanted", "down", ["--for", "down"], 0],
  ["reachable", "up", ["--for", "reachable"], 0],
] as const)("wait exits by what it came to: %s", async (_name, state, goal, exitCode) => {
  const { id, slug } = await addEndpoint(`exit-${state}-${exitCode}-${goal[1]}`);
  await show(id, state, Date.now() + 2_000);
  expect((await asOperator("wait", slug, ...goal, "--timeout", "3")).exitCode).toBe(exitCode);
});

test("wait refuses what makes no sense, and a paused endpoint, at once", async () => {
  const { slug } = await addEndpoint("refused");
  await asOperator("pause", slug);
  expect(await asOperator("wait", slug)).toMatchObject({
    exitCode: 64,
    err: expect.stringContaining("paused"),
  });
  expect((await asOperator("wait", slug, "--timeout", "0")).exitCode).toBe(64);
  expect((await asOperator("wait", slug, "--for", "happy")).exitCode).toBe(64);
  expect((await asOperator("wait", "nobody")).exitCode).toBe(64);
});

test("keys are made, listed without their secret, and revoked", async () => {
  const made = await asOperator("keys", "create", "ci", "--scope", "read", "--expires-in", "30");
  expect([made.out, made.err]).toEqual([
    expect.stringMatching(/^amk_live_\w+$/),
    expect.stringContaining("keep it"),
  ]);
  const rows = JSON.parse((await asOperator("keys", "list", "--json")).out) as { id: string; name: string }[];
  const id = rows.find(({ name }) => name === "ci")?.id ?? "";
  expect((await asOperator("keys", "list")).out).not.toContain(made.out.slice(18));
  expect((await asOperator("keys", "revoke", id)).out).toMatch(/^revoked amk_live_/);
  const refused = await runInTerminal(["whoami"], {
    env: { ALIVEMCP_API_URL: api.url, ALIVEMCP_API_KEY: made.out },
  });
  expect(refused.exitCode).toBe(64);
  expect((await asOperator("keys", "create", "x")).exitCode).toBe(64);
  expect((await asOperator("keys", "create", "x", "--scope", "everything")).exitCode).toBe(64);
});

test("operators find, put on a plan, suspend and lift; others are told that it is not for them", async () => {
  expect((await asOperator("tenant", "find", "defau")).out).toMatch(/^default {2}team/);
  expect(
    (await asOperator("tenant", "set-plan", "default", "enterprise", "--reason", "bought it")).out,
  ).toContain("default  enterprise");
  const { key } = await makeKey("read", "endpoints:write");
  const env = { ALIVEMCP_API_URL: api.url, ALIVEMCP_API_KEY: key };
  const suspended = await asOperator("tenant", "suspend", "default", "--reason", "a test");
  expect(suspended.out).toContain("suspended");
  expect(await runInTerminal(["add", "http://127.0.77.40:5000/suspended"], { env })).toMatchObject({
    exitCode: 64,
    err: expect.stringContaining("suspended"),
  });
  expect((await asOperator("tenant", "unsuspend", "default")).out).not.toContain("suspended");
  expect(await runInTerminal(["tenant", "suspend", "default", "--reason", "x"], { env })).toMatchObject({
    exitCode: 64,
    err: expect.stringContaining("operator key"),
  });
});

test("operators add, list and withdraw opt-outs", async () => {
  const added = await asOperator("opt-out", "add", "MCP.Example.org", "--verified", "--json");
  const { id, target } = JSON.parse(added.out) as { id: string; target: string };
  expect(target).toBe("mcp.example.org");
  expect((await asOperator("opt-out", "list")).out).toContain(`${id}  host  mcp.example.org  verified`);
  expect((await asOperator("opt-out", "withdraw", id)).exitCode).toBe(0);
  expect((await asOperator("opt-out", "list")).out).not.toContain(id);
  expect((await asOperator("opt-out", "withdraw", id)).exitCode).toBe(64);
});

test("every command says what it does, and those with traps show an example", async () => {
  for (const args of [["login"], ["wait"], ["keys", "create"], ["drift", "accept"], ["add"]]) {
    const { exitCode, out } = await runInTerminal([...args, "--help"]);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/Example/)]);
  }
});
