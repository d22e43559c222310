/**
 * `npm run drill:chaos [-- --json] [--short]`: kills every process of a running copy in turn under load, restarts Redis
 * and Postgres, then asks what was lost and what stands twice. An observer of the verdict streams knows what was
 * sealed; Postgres must hold exactly that.
 */
import { setTimeout as wait } from "node:timers/promises";
import { STATE_CODES } from "@alivemcp/db/codes";
import pg from "pg";
import { PROCESSES } from "../processes.ts";
import { openManyEndpoints } from "./many-endpoints.ts";
import { type RunningCopy, startCopy } from "./running-copy.ts";
import { observeVerdicts, type VerdictObserver } from "./verdict-observer.ts";

export interface ChaosReport {
  /** Sealed verdict-minutes that Postgres does not hold, or holds in an older revision. */
  readonly lost: number;
  /** Rows beyond one per endpoint and minute, overlapping state spans, transitions told twice. */
  readonly doubled: number;
  /** Endpoint-minutes of the drill without a verdict, or with `unknown`: what the outages cost. */
  readonly minutes_unknown: number;
  readonly sealed: number;
  readonly kills: readonly string[];
}

const ENDPOINTS = 30;
const FULL_PAUSE_MS = 20_000;
const SHORT_PAUSE_MS = 6_000;
/** A minute is sealed at most 45 s after its last slot, archived within seconds; then some for a busy machine. */
const SETTLE_WITHIN_MS = 180_000;

export async function runChaos(options: {
  isShort: boolean;
  say: (line: string) => void;
}): Promise<ChaosReport> {
  const { say } = options;
  const pauseMs = options.isShort ? SHORT_PAUSE_MS : FULL_PAUSE_MS;
  const copy = await startCopy({ hasDemo: true });
  const observer = observeVerdicts(copy.redisUrl);
  const endpoints = await openManyEndpoints({ host: "127.0.77.100", count: ENDPOINTS });
  try {
    await endpoints.register({
      apiUrl: `http://127.0.0.1:${copy.portBase + 1}`,
      operatorKey: copy.operatorKey,
    });
    await until("a first minute is sealed", 150_000, () => observer.sealed.size > 0);
    const kills: string[] = [];
    for (const target of targetsOf(copy)) {
      const pid = copy.findPid(target.command);
      if (pid === null) {
        throw new Error(`${target.name} is not running`);
      }
      say(`${target.signal} to ${target.name} (${pid})`);
      process.kill(pid, target.signal);
      kills.push(target.name);
      await until(`${target.name} runs again`, 60_000, () => {
        const next = copy.findPid(target.command);
        return next !== null && next !== pid;
      });
      await wait(pauseMs);
    }
    await settle(copy, observer, say);
    return { ...(await compare(copy, observer)), sealed: observer.sealed.size, kills };
  } finally {
    await observer.stop();
    endpoints.close();
    await copy.stop();
  }
}

/** Ours are killed without warning; the stores are restarted as an operator would. */
function targetsOf(copy: RunningCopy) {
  return [
    ...PROCESSES.map(({ name, entry }) => ({ name, command: entry, signal: "SIGKILL" as const })),
    { name: "redis", command: `:${copy.portBase + 6}`, signal: "SIGTERM" as const },
    { name: "postgres", command: `port=${copy.portBase + 5}`, signal: "SIGINT" as const },
  ];
}

/** Waits until everything that was sealed up to now has had its time to be archived. */
async function settle(
  copy: RunningCopy,
  observer: VerdictObserver,
  say: (line: string) => void,
): Promise<void> {
  const sealedBefore = new Set(observer.sealed.keys());
  say(`${sealedBefore.size} verdict-minutes sealed, waiting for the archive`);
  await until("every sealed minute is archived", SETTLE_WITHIN_MS, async () => {
    const { lost } = await compare(copy, observer);
    return lost === 0 && observer.sealed.size > sealedBefore.size;
  }).catch((err: unknown) => say(String(err)));
}

async function compare(
  copy: RunningCopy,
  observer: VerdictObserver,
): Promise<Pick<ChaosReport, "lost" | "doubled" | "minutes_unknown">> {
  const client = new pg.Client({ connectionString: copy.databaseUrl("system") });
  await client.connect();
  try {
    const { rows } = await client.query<{
      id: string;
      minute: number;
      revision: number;
      state: number;
      copies: number;
    }>(
      `SELECT e.id, (extract(epoch FROM m.minute_at) / 60)::int AS minute, max(m.revision) AS revision,
         min(m.state) AS state, count(*)::int AS copies
       FROM probe_minute m JOIN endpoints e ON e.number = m.endpoint_number GROUP BY 1, 2`,
    );
    const archived = new Map(rows.map((row) => [`${row.id} ${row.minute}`, row]));
    const lost = [...observer.sealed].filter(
      ([key, minute]) => (archived.get(key)?.revision ?? 0) < minute.revision,
    );
    const again = rows.reduce((sum, row) => sum + row.copies - 1, 0);
    return {
      lost: lost.length,
      doubled: again + (await countDoubledHistory(client)),
      minutes_unknown: countUnknown(rows),
    };
  } finally {
    await client.end();
  }
}

async function countDoubledHistory(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM state_span a JOIN state_span b USING (endpoint_id)
         WHERE a.from_at < b.from_at AND coalesce(a.to_at, 'infinity') > b.from_at)::int
       + (SELECT count(*) FROM (SELECT FROM transition GROUP BY endpoint_id, at, from_state, to_state, reason
           HAVING count(*) > 1) again)::int AS count`,
  );
  return rows[0]?.count ?? 0;
}

const UNKNOWN_STATE_CODE = STATE_CODES.unknown;

/** Minutes between the first and the last one of each endpoint that have no row, or one that knows nothing. */
function countUnknown(rows: readonly { id: string; minute: number; state: number }[]): number {
  const byEndpoint = Map.groupBy(rows, (row) => row.id);
  let unknown = 0;
  for (const minutes of byEndpoint.values()) {
    const numbers = minutes.map((row) => row.minute);
    const known = minutes.filter((row) => row.state !== UNKNOWN_STATE_CODE).length;
    unknown += Math.max(...numbers) - Math.min(...numbers) + 1 - known;
  }
  return unknown;
}

async function until(
  what: string,
  withinMs: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    }
    await wait(250);
  }
}

if (import.meta.main) {
  const isJson = process.argv.includes("--json");
  const report = await runChaos({
    isShort: process.argv.includes("--short"),
    say: (line) => console.error(line),
  });
  console.log(
    isJson
      ? JSON.stringify(report)
      : `lost ${report.lost}, doubled ${report.doubled}, minutes unknown ${report.minutes_unknown} (of ${report.sealed} sealed; killed ${report.kills.join(", ")})`,
  );
  process.exitCode = report.lost === 0 && report.doubled === 0 ? 0 : 1;
}
