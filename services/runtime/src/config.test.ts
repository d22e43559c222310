import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { csv, loadConfig } from "./config.ts";

const schema = z.object({ PORT: z.coerce.number().int(), DATABASE_URL: z.url(), REGIONS: csv.default([]) });

test("all problems are reported at once, by name and without the value", () => {
  const load = () => loadConfig(schema, { PORT: "s3cret-not-a-port", DATABASE_URL: "" });
  expect(load).toThrow(/PORT: [\s\S]*DATABASE_URL is missing/);
  expect(load).not.toThrow(/s3cret/);
});

test("a secret may come from a file, whose last newline is not part of it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "config-")), "url");
  writeFileSync(file, "postgres://user:pass@host/db\n");
  expect(loadConfig(schema, { PORT: "1", DATABASE_URL_FILE: file }).DATABASE_URL).toBe(
    "postgres://user:pass@host/db",
  );
});

test("a secret file that cannot be read is named", () => {
  expect(() => loadConfig(schema, { PORT: "1", DATABASE_URL_FILE: "/nowhere/at/all" })).toThrow(
    "DATABASE_URL_FILE names a file that cannot be read",
  );
});

test("a list is split at commas and trimmed", () => {
  expect(
    loadConfig(schema, { PORT: "1", DATABASE_URL: "postgres://h/d", REGIONS: "a, b,," }).REGIONS,
  ).toEqual(["a", "b"]);
});
