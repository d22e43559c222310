/**
 * `npm run drill:storm [-- --json]`: the alert router on the real clock against receivers on loopback, while
 * - 5,000 endpoints of one tenant go down within a minute and, in the middle of it, the only one of another;
 * - one host strikes 12 of 40 tenants;
 * - one tenant has more trouble than its plan's alerts of a day;
 * - 2,000 messages of one tenant wait for a slow sink and another tenant has a page.
 * The aims: few messages however many endpoints, and no unrelated page later than 30 s. Takes about five minutes.
 */
import { parseArgs } from "node:util";
import { measureBacklog } from "../../services/alert-router/test/measure-backlog.ts";
import { measureBudget } from "../../services/alert-router/test/measure-budget.ts";
import { measureStorm } from "../../services/alert-router/test/measure-storm.ts";
import { measureSuppression } from "../../services/alert-router/test/measure-suppression.ts";
import { openLiveRouter } from "../../services/alert-router/test/open-live-router.ts";

const UNRELATED_WITHIN_S = 30;
/** Twenty of a group that only fails in the same way, an update a minute, for each set of regions that saw it so. */
const STORM_MESSAGES_MAX = 100;

const { values: flags } = parseArgs({
  options: { json: { type: "boolean", default: false }, endpoints: { type: "string", default: "5000" } },
});
const live = await openLiveRouter();
const missed: string[] = [];
const results: Record<string, unknown> = {};
try {
  const suppression = await run("suppression", () =>
    measureSuppression(live, { tenants: 40, struckFirst: 10, struckLater: 2 }),
  );
  aim("one notice for each that was folded", suppression.notices === suppression.pages_folded);
  aim("who is still down is paged once", suppression.pages_after === 1);
  aim("others hear nothing", suppression.messages_to_others === 0);

  const budget = await run("budget", () => measureBudget(live));
  aim("first pages up to twice the budget", budget.pages_sent === 2 * budget.alerts_per_day_max);
  const folded = budget.folded_over_budget + budget.folded_far_over_budget;
  aim("what is folded is in a digest", budget.told_in_digests === folded && folded > 0);
  aim("nothing else is sent", budget.messages === budget.pages_sent + budget.warnings_sent + budget.digests);

  const backlog = await run("fairness", () => measureBacklog(live, { pending: 2_000 }));
  aim("a page beside a backlog", backlog.other_page_s <= UNRELATED_WITHIN_S);

  const storm = await run("storm", () =>
    measureStorm(live, { endpoints: Number(flags.endpoints), hosts: 20, overMs: 60_000, periodMs: 30_000 }),
  );
  aim("few messages", storm.messages <= STORM_MESSAGES_MAX);
  aim("nobody is forgotten", storm.opened + storm.folded === storm.endpoints_down);
  aim("the unrelated page", storm.unrelated_after_commit_s <= UNRELATED_WITHIN_S);
} finally {
  await live.close();
}
if (flags.json) {
  console.log(JSON.stringify({ ...results, missed }));
}
for (const name of missed) {
  console.error(`missed: ${name}`);
}
process.exitCode = missed.length === 0 ? 0 : 1;

async function run<Found extends object>(name: string, measure: () => Promise<Found>): Promise<Found> {
  const found = await measure();
  results[name] = found;
  if (!flags.json) {
    console.log(name);
    console.table(found);
  }
  return found;
}

function aim(name: string, isMet: boolean): void {
  if (!isMet) {
    missed.push(name);
  }
}
