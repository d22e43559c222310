/** One tenant has thousands of messages pending for a sink that takes its time; another tenant gets one page. */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { addTestTenant } from "../../../db/test/tenant.ts";
import { testMessage } from "../../sinks/test/alert-message.ts";
import { openHttpReceiver } from "../../sinks/test/receivers/http-receiver.ts";
import { seconds } from "./measure-storm.ts";
import { type LiveRouter, until } from "./open-live-router.ts";

export interface Backlog {
  /** When the other tenant's page was decided. */
  readonly pending: number;
  readonly slow_answers_after_s: number;
  /** From its incident being opened to its receiver's yes. */
  readonly other_page_s: number;
  /** What the slow sink took meanwhile, and in the seconds before. */
  readonly slow_sink_took: number;
}

const ANSWERS_AFTER_MS = 3_000;
const HEAD_START_MS = 5_000;

export async function measureBacklog(
  live: LiveRouter,
  input: { readonly pending: number },
): Promise<Backlog> {
  const slow = await openHttpReceiver(async () => {
    await wait(ANSWERS_AFTER_MS);
    return { status: 204 };
  });
  try {
    const { id: tenantId } = await addTestTenant(live.world.database, { plan: "enterprise" });
    const secret = `whsec_${randomBytes(32).toString("base64")}`;
    const sinkId = await live.addWebhook(tenantId, `${slow.url}/hook`, secret);
    const other = await live.addTenant("team");
    const [endpointId = ""] = await live.addEndpoints(other.id, {
      count: 1,
      hosts: ["other.backlog.example"],
      periodMs: 30_000,
    });
    await live.sql(
      `INSERT INTO delivery (tenant_id, sink_id, alert_key, dedup_key, event, severity, message, priority, created_at,
         due_at, deadline_at)
       SELECT $1, $2, 'alert:' || n, 'thread:' || n, 'incident.opened', 'P1', $3::jsonb, n, now(), now(),
         now() + interval '1 hour' FROM generate_series(1, $4::int) n`,
      [tenantId, sinkId, JSON.stringify(testMessage()), input.pending],
    );
    await wait(HEAD_START_MS);
    const { rows } = await live.sql(
      "SELECT count(*)::int AS n FROM delivery WHERE tenant_id = $1 AND state = 'pending'",
      [tenantId],
    );
    const startedMs = Date.now();
    await live.openIncidents([endpointId], { severity: "P1", cause: "down" });
    await until("the other tenant's page", () => Promise.resolve(other.receiver.events.length > 0));
    const pagedMs = other.receiver.events[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const took = slow.requests.length;
    await live.sql(
      "UPDATE delivery SET state = 'cancelled', reason = 'drill-over', leased_until = NULL WHERE tenant_id = $1 AND state = 'pending'",
      [tenantId],
    );
    return {
      pending: rows[0].n,
      slow_answers_after_s: seconds(ANSWERS_AFTER_MS),
      other_page_s: seconds(pagedMs - startedMs),
      slow_sink_took: took,
    };
  } finally {
    await slow.close();
  }
}
