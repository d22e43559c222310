import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { addKey, readKeyFile } from "./key-file.ts";
import { openLocalKeyProvider } from "./local-key-provider.ts";
import { DATA_KEY_BYTES } from "./sealed-secret.ts";

const t0 = Date.UTC(2026, 10, 3);
const context = { tenantId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11", version: 1 };
const newPath = () => join(mkdtempSync(join(tmpdir(), "vault-")), "keys.json");

function openProvider(path: string) {
  const broken: unknown[] = [];
  const time = { nowMs: t0 };
  const clock = { nowMs: () => time.nowMs };
  const provider = openLocalKeyProvider({ path, clock, onBroken: (err) => broken.push(err) });
  return { provider, broken, time };
}

describe("the key file", () => {
  test("is readable by its owner only and keeps the keys it had", () => {
    const path = newPath();
    const first = addKey(path, { nowMs: t0, wrapsFromMs: t0 });
    const second = addKey(path, { nowMs: t0, wrapsFromMs: t0 + 1 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readKeyFile(path).keys.map(({ id }) => id)).toEqual([first, second]);
  });

  test.each([
    ["missing", null, "cannot be read"],
    ["no JSON", "{", "not usable"],
    ["without a key", '{"v":1,"keys":[]}', "not usable"],
    ["with a short key", '{"v":1,"keys":[{"id":"a","key":"c2hvcnQ=","wrapsFromMs":0}]}', "32 bytes"],
    ["of another version", '{"v":2,"keys":[]}', "not usable"],
  ])("that is %s stops the process at its start, naming the file and no key", (_name, content, words) => {
    const path = newPath();
    if (content !== null) {
      writeFileSync(path, content);
    }
    const open = () => openProvider(path);
    expect(open).toThrow(words);
    expect(open).toThrow(path);
    expect(open).not.toThrow("c2hvcnQ=");
  });
});

describe("the local key provider", () => {
  test("gives a data key back for the tenant and version it was wrapped for, for no other", async () => {
    const path = newPath();
    addKey(path, { nowMs: t0, wrapsFromMs: t0 });
    const { provider } = openProvider(path);
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const wrapped = await provider.wrap(dataKey, context);
    expect(await provider.unwrap(wrapped, context)).toEqual(dataKey);
    expect(wrapped.wrapped.includes(dataKey)).toBe(false);
    for (const other of [
      { ...context, version: 2 },
      { ...context, tenantId: "another" },
    ]) {
      await expect(provider.unwrap(wrapped, other)).rejects.toThrow("does not unwrap");
    }
  });

  test("wraps with a key from the instant the key names, and unwraps with all of them, without a restart", async () => {
    const path = newPath();
    const first = addKey(path, { nowMs: t0, wrapsFromMs: t0 });
    const { provider, time } = openProvider(path);
    const old = await provider.wrap(randomBytes(DATA_KEY_BYTES), context);
    const second = addKey(path, { nowMs: t0, wrapsFromMs: t0 + 60_000 });
    expect(await provider.currentKeyId()).toBe(first);
    time.nowMs = t0 + 60_000;
    expect(await provider.currentKeyId()).toBe(second);
    expect((await provider.wrap(randomBytes(DATA_KEY_BYTES), context)).keyId).toBe(second);
    await expect(provider.unwrap(old, context)).resolves.toHaveLength(DATA_KEY_BYTES);
  });

  test("goes on with the keys it had when the file breaks, and says so", async () => {
    const path = newPath();
    const id = addKey(path, { nowMs: t0, wrapsFromMs: t0 });
    const good = readFileSync(path, "utf8");
    const { provider, broken } = openProvider(path);
    writeFileSync(path, "{");
    expect(await provider.currentKeyId()).toBe(id);
    expect(broken).toHaveLength(1);
    writeFileSync(path, good);
    expect(await provider.currentKeyId()).toBe(id);
  });

  test("says which key is missing", async () => {
    const [mine, theirs] = [newPath(), newPath()];
    addKey(mine, { nowMs: t0, wrapsFromMs: t0 });
    const id = addKey(theirs, { nowMs: t0, wrapsFromMs: t0 });
    const wrapped = await openProvider(theirs).provider.wrap(randomBytes(DATA_KEY_BYTES), context);
    await expect(openProvider(mine).provider.unwrap(wrapped, context)).rejects.toThrow(`no key ${id}`);
  });
});
