/** Many endpoints of one tenant, or of many, fail at once: statements and messages stay few, and nobody is forgotten. */

import { randomUUID } from "node:crypto";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { openRouterWorld, type RouterWorld } from "../../test/open-router-world.ts";
import type { IncidentRevision } from "../incidents/fold-incident.ts";
import { storeRevisions } from "../incidents/store-incidents.ts";
import { sweepGroups } from "../sweeps/sweep-groups.ts";
import { tellInTransaction } from "./tell-in-transaction.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const sql = (text: string, values: readonly unknown[] = []) =>
  world.database.pool("super").query(text, [...values]);

/** Endpoints of one shard, many at a time. */
async function addMany(tenantId: string, count: number, host: string) {
  const ids: string[] = [];
  while (ids.length < count) {
    const id = randomUUID();
    if (shardOf(id) === "s00") {
      ids.push(id);
    }
  }
  await sql(
    `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility,
       standing, retention_class)
     SELECT u.id, $2, 's-' || u.id, 'E', 'https://' || $3 || '/' || u.id, 'https://' || $3 || '/' || u.id, $3, $3, 'unlisted',
       'added', 'team' FROM unnest($1::uuid[]) AS u (id)`,
    [ids, tenantId, host],
  );
  return ids;
}

const opened = (endpointId: string, nowMs: number): IncidentRevision => ({
  incident: {
    id: randomUUID(),
    endpointId,
    simulatedFor: null,
    isSimulated: false,
    startedAtMs: nowMs - 30_000,
    endedAtMs: null,
    openedAtMs: nowMs,
    resolvedAtMs: null,
    severity: "P1",
    severityWorst: "P1",
    causes: ["down"],
    failureReason: "connection_refused",
    regions: ["eu-west", "us-east"],
    isFlapping: false,
    access: null,
    revision: 1,
  },
  changes: [{ kind: "opened", reason: "trouble-began", atMs: nowMs, key: "opened:1", facts: {} }],
});

const resolved = ({ incident }: IncidentRevision, nowMs: number): IncidentRevision => ({
  incident: { ...incident, causes: [], resolvedAtMs: nowMs, endedAtMs: nowMs, revision: 2 },
  changes: [{ kind: "resolved", reason: "recovered", atMs: nowMs, key: "resolved:2", facts: {} }],
});

/** Writes revisions as a batch does; answers how many statements that took. */
async function tell(revisions: readonly IncidentRevision[]) {
  let statements = 0;
  await tellInTransaction(world.deps, async (client, nowMs) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        statements += 1;
        return query(...args);
      },
    });
    return storeRevisions({ client, metrics: world.deps.metrics }, revisions, nowMs);
  });
  return statements;
}

test("500 endpoints of one host going down are a handful of messages, and a bounded number of statements", async () => {
  const tenant = await addTestTenant(world.database, { plan: "enterprise" });
  const ids = await addMany(tenant.id, 500, "one-host.example");
  const storm = ids.map((id) => opened(id, world.nowMs()));
  const startedAt = performance.now();
  const statements = (await tell(storm.slice(0, 250))) + (await tell(storm.slice(250)));
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(statements).toBeLessThan(50);
  const messages = await world.deliveries(tenant.id);
  expect(messages.length).toBeLessThanOrEqual(3);
  expect(messages.every(({ event }) => event === "incident.opened")).toBe(true);
  const decisions = await world.decisions(tenant.id);
  expect(decisions).toHaveLength(500);
  expect(decisions.filter((line) => line === "fold same_host incident.opened P1")).toHaveLength(
    500 - messages.length,
  );

  world.moveTo(world.nowMs() + MINUTE_MS);
  await Promise.all([sweepGroups(world.deps), sweepGroups(world.deps)]);
  const [update, ...others] = (await world.deliveries(tenant.id)).filter(
    ({ event }) => event === "incident.updated",
  );
  expect(others).toEqual([]);
  expect(update.message.incident.endpointsTogether).toBe(500);

  // All but the last recover, its anchor among them: the anchor's message stays open for the one it alone tells of.
  const anchor = storm.findIndex(({ incident }) => update.endpointId === incident.endpointId);
  const last = anchor === 499 ? 498 : 499;
  await tell(storm.filter((_, i) => i !== last).map((one) => resolved(one, world.nowMs())));
  await sweepGroups(world.deps);
  const ends = async () =>
    (await world.deliveries(tenant.id))
      .filter(({ event }) => event === "incident.resolved")
      .map(({ endpointId }) => endpointId);
  expect(await ends()).not.toContain(update.endpointId);
  await tell([resolved(storm[last] as IncidentRevision, world.nowMs())]);
  await Promise.all([sweepGroups(world.deps), sweepGroups(world.deps)]);
  await sweepGroups(world.deps);
  expect(await ends()).toContain(update.endpointId);
  expect(await ends()).toHaveLength(messages.length);
  const { rows } = await sql("SELECT closed_at FROM incident_group WHERE tenant_id = $1", [tenant.id]);
  expect(rows).toHaveLength(1);
  expect(rows[0].closed_at).not.toBeNull();
});

describe("what a group may not hide", () => {
  test("an endpoint whose own sink was not told of the anchor has its own message", async () => {
    const tenant = await addTestTenant(world.database, { plan: "enterprise" });
    const ids = await addMany(tenant.id, 6, "shared.example");
    const [common, own] = [randomUUID(), randomUUID()];
    for (const id of [common, own]) {
      await sql(
        `INSERT INTO sink (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id, verified_at)
         VALUES ($1, $2, 'webhook', 'hook', 'verified', 's', '{}', 'k', now())`,
        [id, tenant.id],
      );
    }
    const last = ids[5] as string;
    await sql("UPDATE endpoints SET tags = '{special}' WHERE id = $1", [last]);
    await sql("UPDATE endpoints SET tags = '{plain}' WHERE tenant_id = $1 AND id <> $2", [tenant.id, last]);
    for (const [tag, sinkId] of [
      ["plain", common],
      ["special", own],
    ]) {
      await sql(
        `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, sink_ids)
         VALUES ($1, 'r', 1, '{P1}', jsonb_build_object('kind', 'some', 'tags', ARRAY[$2]), ARRAY[$3::uuid])`,
        [tenant.id, tag, sinkId],
      );
    }
    await tell(ids.map((id) => opened(id, world.nowMs())));
    const messages = await world.deliveries(tenant.id);
    expect(messages.filter(({ sinkId }) => sinkId === common)).toHaveLength(3);
    expect(messages.filter(({ sinkId }) => sinkId === own).map(({ endpointId }) => endpointId)).toEqual([
      last,
    ]);
  });
});

test("over the day's budget alerts fold, but for first pages of outages up to twice of it", async () => {
  const tenant = await addTestTenant(world.database, { plan: "author" });
  const revisions: IncidentRevision[] = [];
  for (let i = 0; i < 110; i += 1) {
    const [id] = await addMany(tenant.id, 1, `h${i}.budget${i}.example`);
    const revision = opened(id as string, world.nowMs());
    revisions.push({ ...revision, incident: { ...revision.incident, regions: [] } });
  }
  await tell(revisions);
  const lines = await world.decisions(tenant.id);
  const count = (line: string) => lines.filter((one) => one === line).length;
  expect(count("send default-rule incident.opened P1")).toBe(100);
  expect(count("fold far_over_budget incident.opened P1")).toBe(10);
  const states = (await world.deliveries(tenant.id)).map(({ state }) => state);
  expect(states.filter((state) => state === "pending")).toHaveLength(100);
  expect(states.filter((state) => state === "folded")).toHaveLength(10);
});
