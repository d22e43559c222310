/** Most endpoints of one tenant go down within a time, and in the middle of it the only one of another tenant. */
import { setTimeout as wait } from "node:timers/promises";
import { type LiveRouter, type LiveTenant, until } from "./open-live-router.ts";

export interface StormInput {
  readonly endpoints: number;
  readonly hosts: number;
  /** From the first failing probe to the last. */
  readonly overMs: number;
  /** Between a confirmation's looks. */
  readonly periodMs: number;
}

export interface Storm {
  readonly endpoints_down: number;
  /** Requests that the storm's tenant got, until a minute after the last endpoint was committed down. */
  readonly messages: number;
  readonly opened: number;
  readonly updated: number;
  /** Endpoints that no message of its own told of, of which a message of a group did. */
  readonly folded: number;
  readonly groups: number;
  /** From the first failing probe to the last endpoint being committed down. */
  readonly all_down_s: number;
  /** Endpoints that needed a second slot: their looks were answered too late. */
  readonly confirmed_by_a_later_slot: number;
  /** The other tenant: from its incident being opened, and from its first failing probe, to its receiver's yes. */
  readonly unrelated_after_commit_s: number;
  readonly unrelated_after_probe_s: number;
  readonly router_lag_p99_s_at_most: number;
}

const QUIET_MS = 60_000;
const SLOT_MS = 45_000;
const TURNS_MAX = 4;

export async function measureStorm(live: LiveRouter, input: StormInput): Promise<Storm> {
  const [struck, unrelated] = [await live.addTenant("enterprise"), await live.addTenant("team")];
  const hosts = Array.from({ length: input.hosts }, (_, n) => `h${n}.storm${n}.example`);
  const ids = await live.addEndpoints(struck.id, { count: input.endpoints, hosts, periodMs: input.periodMs });
  const [other = ""] = await live.addEndpoints(unrelated.id, {
    count: 1,
    hosts: ["alone.example"],
    periodMs: input.periodMs,
  });
  await live.settle([...ids, other], "up");

  const startedMs = Date.now();
  const failing = [...ids.slice(0, ids.length / 2), other, ...ids.slice(ids.length / 2)];
  await live.report(failing, "down", input.overMs);
  const failedMs = startedMs + input.overMs / 2;
  const rest = () => live.notYet(failing, "down");
  const late = new Set<string>();
  for (let turn = 0; turn < TURNS_MAX && (await rest()).length > 0; turn += 1) {
    // The next slot of those whose looks were answered too late, as the scheduler has one for them.
    await until("all are down", async () => (await rest()).length === 0, SLOT_MS).catch(() => undefined);
    const again = await rest();
    again.forEach((id) => void late.add(id));
    await live.report(again, "down", input.overMs / 2);
  }
  const allDownMs = Date.now();
  await until("the unrelated page", () => Promise.resolve(unrelated.receiver.events.length > 0));
  await wait(Math.min(QUIET_MS, input.overMs));

  const acceptedMs = unrelated.receiver.events[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const { rows } = await live.sql("SELECT opened_at FROM incident WHERE endpoint_id = $1", [other]);
  return {
    endpoints_down: ids.length,
    ...(await messagesOf(live, struck)),
    all_down_s: seconds(allDownMs - startedMs),
    confirmed_by_a_later_slot: late.size,
    unrelated_after_commit_s: seconds(acceptedMs - rows[0].opened_at.getTime()),
    unrelated_after_probe_s: seconds(acceptedMs - failedMs),
    router_lag_p99_s_at_most: await live.lagSecondsAtMost(0.99),
  };
}

async function messagesOf(live: LiveRouter, { id, receiver }: LiveTenant) {
  const count = (type: string) => receiver.events.filter((event) => event.type === type).length;
  const { rows } = await live.sql(
    `SELECT (SELECT count(*)::int FROM alert_decision WHERE tenant_id = $1 AND verdict = 'fold'
               AND event = 'incident.opened') AS folded,
            (SELECT count(*)::int FROM incident_group WHERE tenant_id = $1) AS groups`,
    [id],
  );
  return {
    messages: receiver.requests.length,
    opened: count("incident.opened"),
    updated: count("incident.updated"),
    folded: rows[0].folded as number,
    groups: rows[0].groups as number,
  };
}

export const seconds = (ms: number): number => Math.round(ms / 10) / 100;
