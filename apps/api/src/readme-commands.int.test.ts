/** The commands of the README's API section, run as they stand against the API on a port. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, type TestApi, type TestWorkspace } from "../test/open-test-api.ts";
import { serveApi } from "./serve-api.ts";

const README = new URL("../../../README.md", import.meta.url);
let api: TestApi;
let mine: TestWorkspace;
let served: Awaited<ReturnType<typeof serveApi>>;
let folder: string;
beforeAll(async () => {
  api = await openTestApi();
  mine = await api.addWorkspace();
  served = await serveApi(api.deps);
  folder = mkdtempSync(join(tmpdir(), "readme-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await served.stop();
  await api.close();
});

const commands = () => {
  const section = readFileSync(README, "utf8").split("## The REST API")[1]?.split("\n## ")[0] ?? "";
  return /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
};
/** With `curl -f`, a refused request ends the script; every answer goes on a line of its own. */
const run = (script: string) =>
  promisify(execFile)(
    "bash",
    ["-euo", "pipefail", "-c", script.replaceAll("curl -s", "curl -sSf -w '\\n'")],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        API: `http://127.0.0.1:${served.ports[0]}`,
        KEY: mine.key,
        MCP_URL: "http://127.0.77.9:5000/readme",
      },
    },
  );

test("every command of the README works, in its order, and says what it promises", async () => {
  const script = commands();
  expect(script.match(/curl -s/g)).toHaveLength(15);
  const { stdout } = await run(script);
  const answers = stdout.split("\n").filter((line) => line.startsWith("{"));
  expect(answers.map((line) => JSON.parse(line))).toMatchObject([
    { workspace: { id: mine.tenant.id } },
    { regions: expect.arrayContaining(["us-east"]) },
    { items: expect.any(Array) },
    { items: [], next_cursor: null },
    { windows: { "24h": null } },
    { settings: { confirmation_period_s: 60 } },
    { is_new: false },
    { email: "colleague@example.com", role: "viewer" },
    { kind: "email", state: "unverified", shown: "o…l@example.com" },
    { items: [{ verdict: "skip", reason: "no-default-sink" }] },
    { incident_id: expect.any(String) },
    { items: [] },
  ]);
  expect(stdout).toMatch(/alivemcp_endpoint_up|# HELP alivemcp_endpoint/);
  expect((await api.send(mine.key, "GET", "/v1/endpoints")).body.items).toEqual([]);
});
