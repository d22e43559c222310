import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf } from "../../test/action-deps.ts";
import { addEndpoint, addIncident } from "../../test/add-incident.ts";
import type { Caller } from "../caller.ts";
import {
  acknowledgeIncident,
  MUTE_MS_MAX,
  muteIncident,
  unacknowledgeIncident,
  unmuteIncident,
} from "./acknowledge-incident.ts";
import { commentOnIncident } from "./comment-on-incident.ts";
import { getIncident } from "./get-incident.ts";
import { listIncidents } from "./list-incidents.ts";
import { publishUpdate } from "./publish-update.ts";
import { simulateOutage } from "./simulate-outage.ts";

const t0 = Date.UTC(2026, 10, 21, 12);
let nowMs = t0;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app"), clock: { nowMs: () => nowMs } });
const all = (caller: Caller, filter = {}) =>
  listIncidents(deps(), caller, { filter, before: null, limit: 50 });
const audited = async ({ id }: TestTenant) =>
  (
    await database.pool("super").query("SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id", [id])
  ).rows.map(({ action }) => action);
const wakeAtMs = async (id: string): Promise<number | undefined> =>
  (
    await database.pool("super").query("SELECT wake_at FROM incident_tenant WHERE id = $1", [id])
  ).rows[0]?.wake_at?.getTime();

/** An incident of an endpoint that one tenant owns and another follows. */
async function openWorld(changes: { readonly isResolved?: boolean } = {}) {
  const [owner, follower, stranger] = [
    await addTestTenant(database),
    await addTestTenant(database),
    await addTestTenant(database),
  ];
  const endpoint = await addEndpoint(database, owner, "public");
  await database
    .pool("super")
    .query("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [
      follower.id,
      endpoint.id,
    ]);
  const [own, followed] = await addIncident(database, {
    endpointId: endpoint.id,
    tenants: [owner, follower],
    openedAtMs: t0,
    ...changes,
  });
  return { owner, follower, stranger, endpoint, own, followed: followed ?? own };
}

test("owner and follower each have the incident as their own; nobody else has it", async () => {
  const world = await openWorld();
  expect(await all(callerOf(world.owner))).toMatchObject([
    { id: world.own.id, isOwn: true, endpointSlug: world.endpoint.slug, startedAtMs: t0 },
  ]);
  expect(await all(callerOf(world.follower))).toMatchObject([
    { id: world.followed.id, isOwn: false, endpointName: world.endpoint.slug },
  ]);
  expect(await all(callerOf(world.stranger))).toEqual([]);
  for (const id of [world.own.id, world.own.incidentId, "no-uuid"]) {
    await expect(getIncident(deps(), callerOf(world.stranger), id)).rejects.toMatchObject({
      code: "not_found",
    });
  }
});

test("a list passes filters and pages, each incident exactly once", async () => {
  const tenant = await addTestTenant(database);
  const endpoint = await addEndpoint(database, tenant);
  for (const n of [1, 2, 3]) {
    await addIncident(database, {
      endpointId: endpoint.id,
      tenants: [tenant],
      openedAtMs: t0 + n,
      isResolved: n < 3,
    });
  }
  const caller = callerOf(tenant);
  const states = { open: 1, acknowledged: 0, resolved: 2 } as const;
  for (const [state, count] of Object.entries(states)) {
    expect(await all(caller, { state })).toHaveLength(count);
  }
  expect(await all(caller, { severity: "P2" })).toEqual([]);
  expect(await all(caller, { endpoint: endpoint.slug })).toHaveLength(3);
  await expect(all(caller, { endpoint: "not-mine" })).rejects.toMatchObject({ code: "not_found" });
  const first = await listIncidents(deps(), caller, { filter: {}, before: null, limit: 2 });
  const last = first[1];
  const before = last === undefined ? null : { openedAtMs: last.openedAtMs, id: last.id };
  const second = await listIncidents(deps(), caller, { filter: {}, before, limit: 2 });
  expect([...first, ...second].map(({ openedAtMs }) => openedAtMs - t0)).toEqual([3, 2, 1]);
});

test("acknowledging is noted once, wakes the router, and is the tenant's own affair", async () => {
  const { owner, follower, own } = await openWorld();
  const caller = callerOf(owner, "member");
  const acknowledged = await acknowledgeIncident(deps(), caller, own.id);
  expect(acknowledged).toMatchObject({ acknowledgedAtMs: t0, acknowledgedBy: `member ${owner.ownerId}` });
  await acknowledgeIncident(deps(), caller, own.id);
  expect(await audited(owner)).toEqual(["incident.acknowledge"]);
  expect(await wakeAtMs(own.id)).toBe(t0);
  const [others] = await all(callerOf(follower));
  expect(others).toMatchObject({ acknowledgedAtMs: null });
  const { timeline } = await getIncident(deps(), callerOf(follower), others?.id ?? "");
  expect(timeline.map((entry) => entry.kind === "event" && entry.event.kind)).toEqual(["opened"]);
  expect(await unacknowledgeIncident(deps(), caller, own.id)).toMatchObject({
    acknowledgedAtMs: null,
    acknowledgedBy: null,
  });
  const mine = await getIncident(deps(), caller, own.id);
  expect(mine.timeline.map((entry) => entry.kind === "event" && entry.event.kind)).toEqual([
    "opened",
    "acknowledged",
    "unacknowledged",
  ]);
});

test.each([
  ["now", 0],
  ["in the past", -1],
  ["for more than a week", MUTE_MS_MAX + 1],
  ["for no time at all", Number.NaN],
])("an incident cannot be muted until an instant %s", async (_name, afterMs) => {
  const { owner, own } = await openWorld();
  await expect(
    muteIncident(deps(), callerOf(owner), { id: own.id, untilMs: t0 + afterMs }),
  ).rejects.toMatchObject({ code: "invalid", field: "until" });
  expect(await audited(owner)).toEqual([]);
});

test("a mute lasts as long as a week, and can be ended", async () => {
  const { owner, own } = await openWorld();
  const caller = callerOf(owner);
  const untilMs = t0 + MUTE_MS_MAX;
  expect(await muteIncident(deps(), caller, { id: own.id, untilMs })).toMatchObject({
    mutedUntilMs: untilMs,
    mutedBy: `member ${owner.ownerId}`,
  });
  expect(await unmuteIncident(deps(), caller, own.id)).toMatchObject({ mutedUntilMs: null });
  expect(await audited(owner)).toEqual(["incident.mute", "incident.unmute"]);
});

test("what is over cannot be answered, but still commented on", async () => {
  const { owner, own } = await openWorld({ isResolved: true });
  const caller = callerOf(owner);
  await expect(acknowledgeIncident(deps(), caller, own.id)).rejects.toMatchObject({ code: "conflict" });
  await commentOnIncident(deps(), caller, { id: own.id, body: " it was the cache " });
  const { timeline } = await getIncident(deps(), caller, own.id);
  expect(timeline).toContainEqual(
    expect.objectContaining({ event: expect.objectContaining({ facts: { body: "it was the cache" } }) }),
  );
});

test("the owner tells the public, and followers read it", async () => {
  const { owner, follower, own, followed } = await openWorld();
  const said = { id: own.id, stage: "investigating", body: "We look into it.", isConfirmed: false } as const;
  await publishUpdate(deps(), callerOf(owner), said);
  const { updates } = await getIncident(deps(), callerOf(follower), followed.id);
  expect(updates).toMatchObject([{ stage: "investigating", body: "We look into it." }]);
  await expect(publishUpdate(deps(), callerOf(follower), { ...said, id: followed.id })).rejects.toMatchObject(
    { code: "forbidden" },
  );
});

test("that it is resolved is said of an incident that is on only when that is confirmed", async () => {
  const { owner, own } = await openWorld();
  const said = { id: own.id, stage: "resolved", body: "Over.", isConfirmed: false } as const;
  const publish = (isConfirmed: boolean) => publishUpdate(deps(), callerOf(owner), { ...said, isConfirmed });
  await expect(publish(false)).rejects.toMatchObject({ code: "conflict", field: "confirm" });
  expect(await publish(true)).toMatchObject({ stage: "resolved" });
});

test("a simulated outage is one at a time per endpoint and five an hour, and nobody else sees it", async () => {
  const { owner, follower, endpoint } = await openWorld();
  const simulated = await simulateOutage(deps(), callerOf(owner), endpoint.slug);
  expect(simulated.endpointId).toBe(endpoint.id);
  await expect(simulateOutage(deps(), callerOf(owner), endpoint.slug)).rejects.toMatchObject({
    code: "conflict",
  });
  // A follower tries the path to its own sinks out as well.
  await simulateOutage(deps(), callerOf(follower), endpoint.slug);
  for (let n = 0; n < 4; n += 1) {
    await simulateOutage(deps(), callerOf(owner), (await addEndpoint(database, owner)).slug);
  }
  const oneMore = () =>
    addEndpoint(database, owner).then(({ slug }) => simulateOutage(deps(), callerOf(owner), slug));
  await expect(oneMore()).rejects.toMatchObject({ code: "rate_limited" });
  nowMs = t0 + 3_600_001;
  expect(await oneMore()).toMatchObject({ endpointId: expect.any(String) });
  nowMs = t0;
});
