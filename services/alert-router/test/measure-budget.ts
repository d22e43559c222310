/** One tenant has more trouble in a day than its plan tells of, none of it with a common cause. */
import { FIRST_PAGES_FACTOR } from "@alivemcp/core/alert-budget";
import { PLANS } from "@alivemcp/core/plans";
import { sendHourlyDigests } from "../src/upkeep/send-hourly-digests.ts";
import { type LiveRouter, until } from "./open-live-router.ts";

export interface Budget {
  readonly alerts_per_day_max: number;
  readonly alerts: number;
  /** Up to the bound of first pages; the rest folds. */
  readonly pages_sent: number;
  readonly warnings_sent: number;
  readonly folded_over_budget: number;
  readonly folded_far_over_budget: number;
  readonly digests: number;
  /** Folded messages that a digest tells of. */
  readonly told_in_digests: number;
  readonly messages: number;
}

/** On the plan `author`. Time is not waited for: what was folded is made an hour older before digests are due. */
export async function measureBudget(live: LiveRouter): Promise<Budget> {
  const { alertsPerDayMax } = PLANS.author;
  const bound = alertsPerDayMax * FIRST_PAGES_FACTOR;
  const [warnings, pagesTooMany] = [20, 10];
  const tenant = await live.addTenant("author");
  const total = bound + warnings + pagesTooMany;
  const hosts = Array.from({ length: total }, (_, n) => `b${n}.budget${n}.example`);
  const ids = await live.addEndpoints(tenant.id, { count: total, hosts, periodMs: 30_000 });
  const pages = ids.slice(warnings);
  await live.openIncidents(pages.slice(0, alertsPerDayMax), { severity: "P1", cause: "down" });
  await live.openIncidents(ids.slice(0, warnings), { severity: "P2", cause: "degraded" });
  await live.openIncidents(pages.slice(alertsPerDayMax), { severity: "P1", cause: "down" });
  await live.sql(
    "UPDATE delivery SET created_at = created_at - interval '1 hour' WHERE tenant_id = $1 AND state = 'folded'",
    [tenant.id],
  );
  await sendHourlyDigests(live.deps);
  const events = (type: string) => tenant.receiver.events.filter((event) => event.type === type);
  await until("pages and digest arrived", () =>
    Promise.resolve(events("incident.opened").length >= bound && events("digest").length > 0),
  );
  const { rows } = await live.sql(
    "SELECT reason, count(*)::int AS n, count(digest_id)::int AS told FROM delivery WHERE tenant_id = $1 AND state = 'folded' GROUP BY reason",
    [tenant.id],
  );
  const folded = (reason: string): number => rows.find((row) => row.reason === reason)?.n ?? 0;
  const sent = (severity: string) =>
    events("incident.opened").filter(({ data }) => data.severity === severity).length;
  return {
    alerts_per_day_max: alertsPerDayMax,
    alerts: total,
    pages_sent: sent("P1"),
    warnings_sent: sent("P2"),
    folded_over_budget: folded("over_budget"),
    folded_far_over_budget: folded("far_over_budget"),
    digests: events("digest").length,
    told_in_digests: rows.reduce((sum, row) => sum + row.told, 0),
    messages: tenant.receiver.requests.length,
  };
}
