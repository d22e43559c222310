import { randomUUID } from "node:crypto";
import { latencyHistogram, mergeHistograms } from "@alivemcp/core/latency-histogram";
import { packRegions } from "@alivemcp/core/packed-regions";
import { PROBE_STATES, type ProbeState } from "@alivemcp/core/states";
import { type CountedMinute, countMinutes, type MinuteCounts, type Span } from "@alivemcp/core/uptime";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import { STATE_CODES } from "../codes.ts";
import { DEFAULT_TENANT_ID } from "../seed.ts";
import { listWindowParts } from "./endpoint-windows-system.ts";
import {
  advanceRollUpProgress,
  deleteHoursBefore,
  findRollUpProgress,
  rollUpDay,
  rollUpHours,
} from "./probe-rollups-system.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Noon of a day whose partitions the test database has. */
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

/** Of NOON, 1 is Monday. */
const WEEKDAY = ((Math.floor(NOON / DAY_MS) + 3) % 7) + 1;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

interface Row {
  readonly offset: number;
  readonly state: ProbeState;
  readonly coversMinutes: number;
  readonly askedCount: number;
  readonly notDownCount: number;
  readonly latencyMs: number | null;
}
interface Endpoint {
  readonly rows: readonly Row[];
  readonly spans: readonly Span[];
  /** Announced by the owner, for this endpoint alone. */
  readonly maintenance?: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly firstWatchedAtMs: number;
}

/** Writes one endpoint with its minutes and committed outages; answers its number. */
async function write(endpoint: Endpoint): Promise<number> {
  const pool = database.pool("super");
  const { rows } = await pool.query<{ id: string; number: number }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class, first_watched_at)
     SELECT $1, 'e-' || id, 'e', 'https://e.example.com/' || id, 'https://e.example.com/' || id, 'e.example.com',
       'example.com', 'unlisted', 'added', 'team', $2 FROM gen_random_uuid() AS id RETURNING id, number`,
    [DEFAULT_TENANT_ID, new Date(endpoint.firstWatchedAtMs)],
  );
  const { id = "", number = 0 } = rows[0] ?? {};
  for (const row of endpoint.rows) {
    const notDown = Array.from({ length: row.notDownCount }, (_, n) => ({
      region: `r${n}`,
      state: "up" as const,
      latencyMs: null,
    }));
    await pool.query(
      `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, latency_ms, revision, covers_minutes, regions)
       VALUES ($1, 2, $2, $3, $4, 1, $5, $6)`,
      [
        number,
        STATE_CODES[row.state],
        new Date(NOON + row.offset * MINUTE_MS),
        row.latencyMs,
        row.coversMinutes,
        Buffer.from(packRegions(row.askedCount, notDown)),
      ],
    );
  }
  for (const { fromMs, toMs } of endpoint.maintenance ?? []) {
    await announce({ endpointIds: [id], fromMs, toMs });
  }
  for (const span of endpoint.spans) {
    await pool.query(
      "INSERT INTO state_span (endpoint_id, state, from_at, to_at) VALUES ($1, 'down', $2, $3)",
      [id, new Date(span.fromMs), span.toMs === null ? null : new Date(span.toMs)],
    );
  }
  return number;
}

/** Announces maintenance, long before unless told otherwise. */
async function announce(input: {
  readonly tenantId?: string;
  readonly endpointIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly recurrence?: unknown;
  readonly announcedMs?: number;
  readonly cancelledMs?: number;
}): Promise<void> {
  await database.pool("super").query(
    `INSERT INTO maintenance_window (tenant_id, name, scope, starts_at, ends_at, recurrence, created_by, created_at, cancelled_at)
     VALUES ($1, 'm', $2, $3, $4, $5, 'member x', $6, $7)`,
    [
      input.tenantId ?? DEFAULT_TENANT_ID,
      { kind: "some", endpointIds: input.endpointIds, tags: [], groups: [] },
      new Date(input.fromMs),
      new Date(input.toMs),
      input.recurrence === undefined ? null : JSON.stringify(input.recurrence),
      new Date(input.announcedMs ?? 0),
      input.cancelledMs === undefined ? null : new Date(input.cancelledMs),
    ],
  );
}

async function stored(table: "probe_hour" | "probe_day", number: number) {
  const { rows } = await database
    .pool("super")
    .query(`SELECT * FROM ${table} WHERE endpoint_number = $1`, [number]);
  return rows;
}

function total(rows: readonly Record<string, number>[]): MinuteCounts {
  const sum = (column: string) => rows.reduce((all, row) => all + (row[column] ?? 0), 0);
  return {
    up: sum("up_minutes"),
    degraded: sum("degraded_minutes"),
    down: sum("down_minutes"),
    authWalled: sum("auth_walled_minutes"),
    unknown: sum("unknown_minutes"),
    maintenance: sum("maintenance_minutes"),
  };
}

/** The same by core's own arithmetic. */
function counted({ rows, spans, maintenance = [], firstWatchedAtMs }: Endpoint): MinuteCounts {
  const minutes: CountedMinute[] = rows.map(({ offset, ...row }) => ({
    ...row,
    minuteAtMs: NOON + offset * MINUTE_MS,
  }));
  return countMinutes(minutes, { downSpans: spans, maintenanceSpans: maintenance, firstWatchedAtMs });
}

const minuteRow = fc.record({
  offset: fc.integer({ min: 0, max: 119 }),
  state: fc.constantFrom(...PROBE_STATES),
  coversMinutes: fc.constantFrom(1, 1, 1, 5, 15, 60),
  askedCount: fc.integer({ min: 1, max: 5 }),
  notDownCount: fc.integer({ min: 0, max: 5 }),
  latencyMs: fc.option(fc.integer({ min: 0, max: 70_000 })),
});
/** Of the two hours and around them; half of them at the very start of a minute. */
const second = fc.oneof(
  fc.integer({ min: -5 * 60, max: 125 * 60 }),
  fc.integer({ min: -5, max: 125 }).map((minute) => minute * 60),
);
const endpointArbitrary: fc.Arbitrary<Endpoint> = fc
  .record({
    rows: fc.uniqueArray(minuteRow, { selector: ({ offset }) => offset, maxLength: 25 }),
    cuts: fc.uniqueArray(second, { minLength: 2, maxLength: 4 }),
    isOpen: fc.boolean(),
    work: fc.option(fc.tuple(second, fc.integer({ min: 1, max: 40 * 60 }))),
    firstWatchedAtMs: fc.constantFrom(0, 0, NOON + 30 * MINUTE_MS + 20_000),
  })
  .map(({ rows, cuts, isOpen, work, firstWatchedAtMs }) => {
    const at = cuts.toSorted((a, b) => a - b).map((seconds) => NOON + seconds * 1_000);
    const spans = [
      { fromMs: at[0] ?? 0, toMs: at[1] ?? null },
      ...(isOpen && at[2] ? [{ fromMs: at[2], toMs: null }] : []),
    ];
    const fromMs = NOON + (work?.[0] ?? 0) * 1_000;
    const maintenance = work === null ? [] : [{ fromMs, toMs: fromMs + work[1] * 1_000 }];
    return { rows: rows.toSorted((a, b) => a.offset - b.offset), spans, maintenance, firstWatchedAtMs };
  });

describe("hours", () => {
  test("count as core counts, for any rows, outages, maintenance and cadences", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(endpointArbitrary, { minLength: 4, maxLength: 4 }), async (endpoints) => {
        const numbers = await Promise.all(endpoints.map(write));
        await rollUpHours(database.pool("system"), { fromMs: NOON, toMs: NOON + 2 * HOUR_MS });
        for (const [index, endpoint] of endpoints.entries()) {
          const hours = await stored("probe_hour", numbers[index] as number);
          expect(total(hours)).toEqual(counted(endpoint));
          const watched = endpoint.rows.filter(
            ({ offset }) => NOON + (offset + 1) * MINUTE_MS > endpoint.firstWatchedAtMs,
          );
          expect(mergeHistograms(hours.map((hour) => hour.latency_histogram))).toEqual(
            latencyHistogram(watched.flatMap(({ latencyMs }) => latencyMs ?? [])),
          );
        }
      }),
      { numRuns: 25 },
    );
  });

  const row = (offset: number, change: Partial<Row> = {}): Row => ({
    offset,
    state: "up",
    coversMinutes: 1,
    askedCount: 2,
    notDownCount: 2,
    latencyMs: 100,
    ...change,
  });

  test("end an outage with the minute in which it ended, not with the one that began then", async () => {
    const torn = (offset: number) => row(offset, { state: "degraded", notDownCount: 1 });
    const spans = [{ fromMs: NOON + 2 * MINUTE_MS, toMs: NOON + 4 * MINUTE_MS }];
    const endpoint = { rows: [torn(1), torn(2), torn(3), torn(4)], spans, firstWatchedAtMs: 0 };
    const number = await write(endpoint);
    await rollUpHours(database.pool("system"), { fromMs: NOON, toMs: NOON + HOUR_MS });
    expect(total(await stored("probe_hour", number))).toMatchObject({ degraded: 2, down: 2 });
    expect(counted(endpoint)).toMatchObject({ degraded: 2, down: 2 });
  });

  describe("of announced maintenance", () => {
    const MINUTES = { fromMs: NOON + MINUTE_MS, toMs: NOON + 3 * MINUTE_MS };
    const bad = (offset: number) => row(offset, { state: "down", notDownCount: 0 });
    /** Four minutes, all down, the second and third of them maintenance. */
    const sumFour = async (of: (id: string) => Promise<void>) => {
      const number = await write({ rows: [0, 1, 2, 3].map(bad), spans: [], firstWatchedAtMs: 0 });
      const { rows } = await database
        .pool("super")
        .query<{ id: string }>("SELECT id FROM endpoints WHERE number = $1", [number]);
      await of(rows[0]?.id ?? "");
      await rollUpHours(database.pool("system"), { fromMs: NOON, toMs: NOON + HOUR_MS });
      return total(await stored("probe_hour", number));
    };
    const other = randomUUID();
    beforeAll(async () => {
      await database
        .pool("super")
        .query("INSERT INTO tenants (id, name, slug, plan) VALUES ($1, 'Other', 'other', 'team')", [other]);
    });

    test.each<[string, (id: string) => Promise<void>, Partial<MinuteCounts>]>([
      [
        "count neither for nor against",
        (id) => announce({ endpointIds: [id], ...MINUTES }),
        { down: 2, maintenance: 2 },
      ],
      [
        "of another workspace, count as ever",
        (id) => announce({ tenantId: other, endpointIds: [id], ...MINUTES }),
        { down: 4, maintenance: 0 },
      ],
      [
        "of another endpoint, count as ever",
        () => announce({ endpointIds: [randomUUID()], ...MINUTES }),
        { down: 4, maintenance: 0 },
      ],
      [
        "count from when they were announced",
        (id) => announce({ endpointIds: [id], ...MINUTES, announcedMs: NOON + 2 * MINUTE_MS }),
        { down: 3, maintenance: 1 },
      ],
      [
        "announced afterwards, count as ever",
        (id) => announce({ endpointIds: [id], ...MINUTES, announcedMs: NOON + 4 * MINUTE_MS }),
        { down: 4, maintenance: 0 },
      ],
      [
        "cancelled in between, count until then",
        (id) => announce({ endpointIds: [id], ...MINUTES, cancelledMs: NOON + 2 * MINUTE_MS }),
        { down: 3, maintenance: 1 },
      ],
      [
        "every week, count every time",
        (id) =>
          announce({
            endpointIds: [id],
            fromMs: MINUTES.fromMs - 7 * DAY_MS,
            toMs: MINUTES.toMs - 7 * DAY_MS,
            recurrence: {
              timeZone: "UTC",
              weekdays: [WEEKDAY],
              start: "12:01",
              durationMinutes: 2,
              untilMs: null,
            },
          }),
        { down: 2, maintenance: 2 },
      ],
    ])("minutes %s", async (_case, announced, expected) => {
      expect(await sumFour(announced)).toMatchObject(expected);
    });
  });

  test("summed again are the same row, and a corrected minute changes it", async () => {
    const pool = database.pool("system");
    const number = await write({ rows: [row(0), row(1)], spans: [], firstWatchedAtMs: 0 });
    const hours = { fromMs: NOON, toMs: NOON + HOUR_MS };
    await rollUpHours(pool, hours);
    await rollUpHours(pool, hours);
    expect(total(await stored("probe_hour", number))).toMatchObject({ up: 2, down: 0 });
    await database
      .pool("super")
      .query(
        "UPDATE probe_minute SET state = 2, revision = 2 WHERE endpoint_number = $1 AND minute_at = $2",
        [number, new Date(NOON)],
      );
    await rollUpHours(pool, hours);
    expect(total(await stored("probe_hour", number))).toMatchObject({ up: 1, down: 1 });
  });

  test("add up to their day, and days and hours to the windows", async () => {
    const pool = database.pool("system");
    const number = await write({
      rows: [
        row(0),
        row(61, { state: "down", latencyMs: null, notDownCount: 0 }),
        row(62, { latencyMs: 6_000 }),
      ],
      spans: [],
      firstWatchedAtMs: 0,
    });
    await rollUpHours(pool, { fromMs: NOON, toMs: NOON + 2 * HOUR_MS });
    await rollUpDay(pool, NOON - DAY_MS / 2);
    await rollUpDay(pool, NOON - DAY_MS / 2);
    const [day, ...others] = await stored("probe_day", number);
    expect(others).toEqual([]);
    expect(total([day])).toMatchObject({ up: 2, down: 1 });
    expect(day.latency_histogram).toEqual(latencyHistogram([100, 6_000]));

    const partsAt = async (nowMs: number) => {
      const [parts] = await listWindowParts(pool, { afterNumber: number - 1, limit: 1, nowMs });
      return parts;
    };
    const sameDay = await partsAt(NOON + 90 * MINUTE_MS);
    expect(sameDay?.counts).toMatchObject({
      "24h": { up: 2, down: 1 },
      today: { up: 2, down: 1 },
      "7d": { up: 0, down: 0 },
    });
    const nextDay = await partsAt(NOON + DAY_MS);
    expect(nextDay?.counts).toMatchObject({
      "24h": { up: 1, down: 1 },
      today: { up: 0 },
      "7d": { up: 2, down: 1 },
      "90d": { up: 2 },
    });
    expect(nextDay?.latency).toEqual({
      "24h": latencyHistogram([6_000]),
      today: [],
      "7d": latencyHistogram([100, 6_000]),
    });
    const weekLater = await partsAt(NOON + 7 * DAY_MS);
    expect(weekLater?.counts).toMatchObject({ "24h": { up: 0 }, "7d": { up: 0 }, "30d": { up: 2, down: 1 } });
  });

  test("long gone are deleted step by step, and progress never goes back", async () => {
    const pool = database.pool("system");
    await database
      .pool("super")
      .query(
        "INSERT INTO probe_hour (endpoint_number, hour_at) SELECT n, now() - interval '9 days' FROM generate_series(900001, 900005) n",
      );
    const beforeMs = Date.now() - 8 * DAY_MS;
    expect(await deleteHoursBefore(pool, { beforeMs, limit: 3 })).toBe(3);
    expect(await deleteHoursBefore(pool, { beforeMs, limit: 3 })).toBe(2);
    expect(await findRollUpProgress(pool)).toBeNull();
    await advanceRollUpProgress(pool, NOON);
    await advanceRollUpProgress(pool, NOON - 1);
    expect(await findRollUpProgress(pool)).toBe(NOON);
  });
});
