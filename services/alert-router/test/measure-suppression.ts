/** One host strikes many tenants: those that were paged before that was known, those after it, and who stays down. */
import { type LiveRouter, type LiveTenant, until } from "./open-live-router.ts";

export interface SuppressionInput {
  /** With one endpoint each, on hosts of their own but for those that are struck. */
  readonly tenants: number;
  readonly struckFirst: number;
  readonly struckLater: number;
}

export interface Suppression {
  readonly cluster: { readonly cause: string; readonly tenants: number; readonly endpoints: number };
  readonly pages_before_cluster: number;
  readonly pages_folded: number;
  /** Of the opening, to tenants that were not paged. */
  readonly notices: number;
  readonly notices_over: number;
  /** To the one that was still down when it was over. */
  readonly pages_after: number;
  /** To tenants that have nothing to do with it. */
  readonly messages_to_others: number;
}

const PERIOD_MS = 3_000;
const HOST = "shared.hosting.example";

interface Member extends LiveTenant {
  readonly endpointId: string;
}

export async function measureSuppression(live: LiveRouter, input: SuppressionInput): Promise<Suppression> {
  const members: Member[] = [];
  for (let n = 0; n < input.tenants; n += 1) {
    const isStruck = n < input.struckFirst + input.struckLater;
    members.push(await addMember(live, isStruck ? HOST : `own${n}.own-${n}.example`));
  }
  await live.settle(idsOf(members), "up");
  const first = members.slice(0, input.struckFirst);
  const later = members.slice(input.struckFirst, input.struckFirst + input.struckLater);
  const others = members.slice(input.struckFirst + input.struckLater);

  await live.settle(idsOf(first), "down");
  await until("a cluster opens", async () => (await clusterOf(live)) !== undefined);
  await live.settle(idsOf(later), "down");
  await until("all later ones have their notice", () => Promise.resolve(later.every(isNoticed)));
  const opened = { later: count(later, "notice"), pages: count(first, "incident.opened") };
  const [last, ...recovering] = [...later.toReversed(), ...first];
  const pagesOfLater = count(later, "incident.opened");
  await until(
    "the cluster counts all",
    async () => (await clusterOf(live)).tenants === first.length + later.length,
  );
  const cluster = await clusterOf(live);

  await live.settle(idsOf(recovering), "up");
  await until("who is still down is paged", () =>
    Promise.resolve(last !== undefined && count([last], "incident.opened") === 1),
  );
  await until("all later ones hear that it is over", () =>
    Promise.resolve(count(later, "notice") >= 2 * later.length),
  );
  const { rows } = await live.sql(
    "SELECT count(*)::int AS n FROM alert_decision WHERE verdict = 'fold' AND reason = 'shared-cause' AND tenant_id = ANY($1)",
    [later.map(({ id }) => id)],
  );
  return {
    cluster: { cause: cluster.cause, tenants: cluster.tenants, endpoints: cluster.endpoints },
    pages_before_cluster: opened.pages,
    pages_folded: rows[0].n,
    notices: opened.later,
    notices_over: count(members, "notice") - opened.later,
    pages_after: count(later, "incident.opened") - pagesOfLater,
    messages_to_others: others.reduce((sum, { receiver }) => sum + receiver.requests.length, 0),
  };
}

async function addMember(live: LiveRouter, host: string): Promise<Member> {
  const tenant = await live.addTenant("team");
  const [endpointId = ""] = await live.addEndpoints(tenant.id, {
    count: 1,
    hosts: [host],
    periodMs: PERIOD_MS,
  });
  return { ...tenant, endpointId };
}

const clusterOf = async (live: LiveRouter) =>
  (
    await live.sql("SELECT cause, tenants, endpoints FROM suppression_cluster WHERE cause = $1", [
      `host:${HOST}`,
    ])
  ).rows[0];
const idsOf = (members: readonly Member[]) => members.map(({ endpointId }) => endpointId);
const count = (members: readonly Member[], type: string) =>
  members.reduce(
    (sum, { receiver }) => sum + receiver.events.filter((event) => event.type === type).length,
    0,
  );
const isNoticed = (member: Member) => count([member], "notice") > 0;
