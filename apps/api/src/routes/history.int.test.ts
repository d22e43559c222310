import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, type TestApi } from "../../test/open-test-api.ts";
import { addBelongings, type Belongings } from "../../test/operations.ts";

const MINUTE_MS = 60_000;
let api: TestApi;
let mine: Belongings;
beforeAll(async () => {
  api = await openTestApi();
  mine = await addBelongings(api);
  const insert = (text: string) => api.database.pool("super").query(text, [mine.endpoint]);
  await insert(
    `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, revision, covers_minutes, regions, latency_ms)
     SELECT e.number, 2, n % 3, date_trunc('minute', now()) - n * interval '1 minute', 1, 1, '', 10 * n
     FROM endpoints e, generate_series(1, 7) n WHERE e.id = $1`,
  );
  await insert(
    `INSERT INTO probe_day (endpoint_number, day, up_minutes, down_minutes, unknown_minutes)
     SELECT e.number, current_date - n, 1439, 1, 5 FROM endpoints e, generate_series(0, 4) n WHERE e.id = $1`,
  );
  await insert(
    `INSERT INTO transition (endpoint_id, at, from_state, to_state, reason)
     SELECT $1, now() - (n / 2) * interval '1 hour', 'up', 'down', 'test ' || n FROM generate_series(1, 7) n`,
  );
  await insert(
    `INSERT INTO drift_event (endpoint_id, at, kind, is_breaking)
     SELECT $1, now() - (n / 2) * interval '1 day' - interval '1 day', 'drift', false FROM generate_series(2, 8) n
     ON CONFLICT DO NOTHING`,
  );
});
afterAll(() => api.close());

async function everyPage(list: string, limit: number): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let cursor = "";
  for (let page = 0; page < 20; page += 1) {
    const path = `/v1/endpoints/${mine.endpoint}/${list}`;
    const answer = await api.send(mine.key, "GET", `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    rows.push(...answer.body.items);
    if (answer.body.next_cursor === null) {
      return rows;
    }
    cursor = answer.body.next_cursor;
  }
  throw new Error("the list never ends");
}

test.each(["minutes", "days", "transitions", "drift"])(
  "%s come newest first, page by page the same as at once, each row exactly once",
  async (list) => {
    const atOnce = await everyPage(list, 100);
    expect(atOnce.length).toBeGreaterThan(3);
    for (const limit of [1, 2, 3]) {
      expect(await everyPage(list, limit)).toEqual(atOnce);
    }
    const instants = atOnce.map((row) => String(row.minute_at ?? row.day ?? row.at));
    expect(instants).toEqual(instants.toSorted().reverse());
  },
);

test("minutes are of the span asked for, and a span that is too long or backwards is refused", async () => {
  const nowMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const at = (minutesAgo: number) => new Date(nowMs - minutesAgo * MINUTE_MS).toISOString();
  const ask = (query: string) => api.send(mine.key, "GET", `/v1/endpoints/${mine.endpoint}/minutes?${query}`);
  const found = await ask(`from=${at(4)}&until=${at(1)}`);
  expect(found.body.items.length).toBeGreaterThanOrEqual(2);
  for (const { minute_at: minuteAt } of found.body.items) {
    expect(minuteAt >= at(4) && minuteAt < at(1)).toBe(true);
  }
  for (const query of [`from=${at(1)}&until=${at(4)}`, `from=${at(60 * 24 * 40)}`, "from=yesterday"]) {
    expect((await ask(query)).status).toBe(400);
  }
});

test("a day's uptime is floored and leaves out what nobody measured", async () => {
  const [day] = await everyPage("days", 1);
  expect(day).toMatchObject({ up_minutes: 1_439, down_minutes: 1, unknown_minutes: 5, uptime_pct: 99.93 });
});
