import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { apiUrl, mailboxPorts, statusUrl, webUrl } from "./processes.ts";
import { findFreePortBase, isPortFree } from "./services/free-port.ts";
import { openThrowAwayFolder } from "./services/state-folder.ts";

const repository = join(import.meta.dirname, "..");
const stateRoot = openThrowAwayFolder();
const portBase = await findFreePortBase();
const running: ChildProcess[] = [];
afterAll(async () => {
  for (const child of running.filter(({ exitCode }) => exitCode === null)) {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  }
  rmSync(stateRoot, { recursive: true, force: true });
});

function up(...args: string[]): {
  child: ChildProcess;
  said: (text: string) => Promise<string>;
  exit: Promise<unknown[]>;
} {
  const { TEST_DATABASE_URL: _a, TEST_REDIS_URL: _b, DATABASE_URL: _c, REDIS_URL: _d, ...env } = process.env;
  const child = spawn(process.execPath, ["scripts/up.ts", "--port-base", String(portBase), ...args], {
    cwd: repository,
    env: { ...env, STATE_ROOT: stateRoot },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exit = once(child, "exit");
  const said = async (text: string) => {
    for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
      if (output.includes(text)) {
        return output;
      }
      if (child.exitCode !== null) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never said "${text}", but:\n${output}`);
  };
  return { child, said, exit };
}

test("one command starts everything, watches real servers, and stops leaving nothing behind", async () => {
  const importPath = join(stateRoot, "mcp.json");
  writeFileSync(
    importPath,
    JSON.stringify({
      mcpServers: { files: { command: "npx", args: ["files"] }, home: { url: "http://127.0.0.1:8089/mcp" } },
    }),
  );
  const { child, said, exit } = up("--import", importPath);
  const output = await said("Operator key");
  expect(output).toContain("7 of 7 have a verdict");
  expect(output).toMatch(/Not imported: files: .*stdio/);
  expect(output).toMatch(/Not watched: home \(http:\/\/127\.0\.0\.1:8089\/mcp\)/);

  const board = await fetch(statusUrl(portBase));
  expect(board.status).toBe(200);
  expect(await board.text()).toContain("Modern notes");
  const dashboard = await fetch(webUrl(portBase));
  expect([dashboard.status, new URL(dashboard.url).pathname]).toEqual([200, "/sign-in"]);
  const mailbox = await fetch(`http://127.0.0.1:${mailboxPorts(portBase).page}/`);
  expect(await mailbox.text()).toContain("No mail yet");
  const key = /amk_operator_\w+/.exec(output)?.[0] ?? "";
  const listed = await fetch(`${apiUrl(portBase)}/v1/endpoints`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(((await listed.json()) as { items: unknown[] }).items).toHaveLength(7);

  const second = up();
  await second.said("already using");
  expect(await second.exit).toEqual([1, null]);

  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
  for (let offset = 0; offset < 60; offset += 1) {
    expect({ offset, isFree: await isPortFree(portBase + offset) }).toEqual({ offset, isFree: true });
  }
}, 180_000);

test.each([
  ["an option it does not have", ["--prot-base", "5000"], 64, "usage:"],
  ["help", ["--help"], 0, "usage:"],
])("%s ends at once with the usage", async (_name, args, code, text) => {
  const { said, exit } = up(...args);
  await said(text);
  expect(await exit).toEqual([code, null]);
});
