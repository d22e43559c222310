/** Looks for texts everywhere a running copy keeps something: its logs, its Redis, every table of its Postgres. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, inflateSync, unzipSync } from "node:zlib";
import { Redis } from "ioredis";
import pg from "pg";
import type { RunningCopy } from "./running-copy.ts";

export interface PlaintextSearch {
  /** How much was looked through, so that an empty place does not pass for a clean one. */
  readonly bytes: { readonly logs: number; readonly redis: number; readonly postgres: number };
  /** Where a text was found: file, key or table. */
  readonly hits: readonly string[];
}

/** `secrets` are looked for as they are, for URLs, in hexadecimal and in base64. */
export async function findPlaintext(copy: RunningCopy, secrets: readonly string[]): Promise<PlaintextSearch> {
  const forms = secrets.flatMap(formsOf);
  const places = {
    logs: readLogs(copy.folder),
    redis: await readRedis(copy.redisUrl),
    postgres: await readPostgres(copy.superuserUrl),
  };
  const hits = Object.values(places)
    .flat()
    .filter(({ text }) => forms.some((form) => text.includes(form)))
    .map(({ place }) => place);
  const bytesOf = (held: readonly Held[]) => held.reduce((sum, { text }) => sum + text.length, 0);
  return {
    bytes: {
      logs: bytesOf(places.logs),
      redis: bytesOf(places.redis),
      postgres: bytesOf(places.postgres),
    },
    hits: [...new Set(hits)],
  };
}

interface Held {
  readonly place: string;
  readonly text: string;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // The last characters of base64 depend on what follows the secret.
  const base64 = bytes.toString("base64").slice(0, Math.floor((bytes.length * 4) / 3));
  return [secret, encodeURIComponent(secret), bytes.toString("hex"), base64];
}

function readLogs(folder: string): Held[] {
  const logs = join(folder, "logs");
  return readdirSync(logs).map((file) => ({
    place: `log ${file}`,
    text: readFileSync(join(logs, file), "utf8"),
  }));
}

async function readRedis(url: string): Promise<Held[]> {
  const redis = new Redis(url);
  const held: Held[] = [];
  for (const key of await redis.keys("*")) {
    held.push({ place: `redis ${key}`, text: `${key}\n${await readKey(redis, key)}` });
  }
  await redis.quit();
  return held;
}

async function readKey(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case "string":
      return unpacked((await redis.getBuffer(key)) ?? Buffer.alloc(0));
    case "hash":
      return Object.entries(await redis.hgetallBuffer(key))
        .map(([field, value]) => `${field} ${unpacked(value)}`)
        .join("\n");
    case "list":
      return (await redis.lrange(key, 0, -1)).join("\n");
    case "set":
      return (await redis.smembers(key)).join("\n");
    case "zset":
      return (await redis.zrange(key, "0", "-1")).join("\n");
    case "stream":
      return JSON.stringify(await redis.xrange(key, "-", "+"));
    default:
      return "";
  }
}

async function readPostgres(url: string): Promise<Held[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const held: Held[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
    held.push({
      place: `table ${name}`,
      text: rows.map((row) => Object.values(row).map(textOf).join(" ")).join("\n"),
    });
  }
  await client.end();
  return held;
}

const textOf = (value: unknown): string =>
  Buffer.isBuffer(value) ? unpacked(value) : JSON.stringify(value ?? "");

/** Bytes as text, and what they hold when they are compressed. */
function unpacked(bytes: Buffer): string {
  const texts = [bytes.toString("latin1")];
  for (const unpack of [gunzipSync, inflateSync, unzipSync]) {
    try {
      texts.push(unpack(bytes).toString());
    } catch {
      // Not packed this way.
    }
  }
  return texts.join("\n");
}
