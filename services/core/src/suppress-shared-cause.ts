/**
 * When one shared cause would page many tenants at once, each of them gets one notice instead of its pages: it is the
 * cause's trouble, not theirs. The same thresholds open for everybody; who was not paged is paged after all when the
 * cause is over and the endpoint is still down.
 */
import { kindOfCause, SHARED_CAUSE_KINDS, type SharedCause } from "./shared-cause.ts";

export interface SuppressionPolicy {
  readonly windowMs: number;
  readonly tenantsMin: number;
  /** More than this share of all tenants that have something to be paged for. */
  readonly tenantsRatio: number;
  /** It closes when fewer than this share of those who opened it are still in trouble … */
  readonly restRatio: number;
  /** … or when nobody new came for so long: what lasts is then everybody's own. */
  readonly quietMs: number;
  readonly lifeMsMax: number;
}

const MINUTE_MS = 60_000;

export const SUPPRESSION_POLICY: SuppressionPolicy = {
  windowMs: 5 * MINUTE_MS,
  tenantsMin: 10,
  tenantsRatio: 0.1,
  restRatio: 0.25,
  quietMs: 30 * MINUTE_MS,
  lifeMsMax: 6 * 60 * MINUTE_MS,
};

/** A page that some tenant would get, or got. */
export interface CausedPage {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly atMs: number;
  /** `outsideCausesOf`: what is its tenants' own coincidence is no cause. */
  readonly causes: readonly SharedCause[];
}

export interface CauseCount {
  readonly cause: SharedCause;
  readonly tenants: number;
  readonly endpoints: number;
}

/** Counts tenants and endpoints per cause over the pages of the last window. Order and repeats of pages do not matter. */
export function countCauses(
  pages: readonly CausedPage[],
  nowMs: number,
  policy: SuppressionPolicy = SUPPRESSION_POLICY,
): readonly CauseCount[] {
  const seen = new Map<SharedCause, { tenants: Set<string>; endpoints: Set<string> }>();
  for (const page of pages) {
    if (page.atMs <= nowMs - policy.windowMs || page.atMs > nowMs) {
      continue;
    }
    for (const cause of page.causes) {
      const count = seen.get(cause) ?? { tenants: new Set(), endpoints: new Set() };
      count.tenants.add(page.tenantId);
      count.endpoints.add(page.endpointId);
      seen.set(cause, count);
    }
  }
  return [...seen]
    .map(([cause, { tenants, endpoints }]) => ({ cause, tenants: tenants.size, endpoints: endpoints.size }))
    .sort((a, b) => b.tenants - a.tenants || (a.cause < b.cause ? -1 : 1));
}

export type SuppressionReason =
  | "too_few_tenants"
  | "too_small_a_share"
  | "many_tenants_one_cause"
  | "still_many"
  | "most_recovered"
  | "nobody_new"
  | "open_too_long";

export interface ClusterDecision {
  readonly kind: "none" | "open" | "keep" | "close";
  readonly reason: SuppressionReason;
}

/** Decides whether a cause that is not suppressed yet opens a cluster. `tenantsAll`: who could be paged at all. */
export function decideClusterOpening(
  count: { readonly tenants: number },
  tenantsAll: number,
  policy: SuppressionPolicy = SUPPRESSION_POLICY,
): ClusterDecision {
  if (count.tenants < policy.tenantsMin) {
    return { kind: "none", reason: "too_few_tenants" };
  }
  return count.tenants > tenantsAll * policy.tenantsRatio
    ? { kind: "open", reason: "many_tenants_one_cause" }
    : { kind: "none", reason: "too_small_a_share" };
}

/**
 * Causes that open a cluster now, the most specific first. Pages under an open cluster, or under one that opens, are
 * spoken for: a host that strikes many does not open its domain's cluster, too.
 */
export function decideClusters(
  pages: readonly CausedPage[],
  openCauses: readonly string[],
  tenantsAll: number,
  nowMs: number,
  policy: SuppressionPolicy = SUPPRESSION_POLICY,
): readonly CauseCount[] {
  const taken = new Set(openCauses);
  const opening: CauseCount[] = [];
  for (const kind of SHARED_CAUSE_KINDS) {
    const left = pages.filter(({ causes }) => !causes.some((cause) => taken.has(cause)));
    const struck = countCauses(left, nowMs, policy)
      .filter(({ cause }) => kindOfCause(cause) === kind)
      .filter((count) => decideClusterOpening(count, tenantsAll, policy).kind === "open");
    opening.push(...struck);
    for (const { cause } of struck) {
      taken.add(cause);
    }
  }
  return opening;
}

export interface OpenCluster {
  readonly openedAtMs: number;
  /** The most tenants that were in it at once. */
  readonly tenantsMost: number;
  /** Tenants with an endpoint that is still in trouble for the cause. */
  readonly tenantsNow: number;
  readonly lastPageAtMs: number;
}

/** Decides whether an open cluster stays. After it, who is still in trouble is paged like everybody else. */
export function decideClusterClosing(
  cluster: OpenCluster,
  nowMs: number,
  policy: SuppressionPolicy = SUPPRESSION_POLICY,
): ClusterDecision {
  if (cluster.tenantsNow < cluster.tenantsMost * policy.restRatio) {
    return { kind: "close", reason: "most_recovered" };
  }
  if (nowMs - cluster.openedAtMs >= policy.lifeMsMax) {
    return { kind: "close", reason: "open_too_long" };
  }
  return nowMs - cluster.lastPageAtMs >= policy.quietMs
    ? { kind: "close", reason: "nobody_new" }
    : { kind: "keep", reason: "still_many" };
}

export type SuppressedPageDecision =
  | { readonly kind: "send"; readonly reason: "no_cluster" | "was_due_before" | "simulated" }
  | { readonly kind: "fold"; readonly reason: "shared_cause_struck_many"; readonly cause: SharedCause };

/**
 * Decides about one page while clusters are open. Pages due before the cluster opened go: somebody may already be
 * waking up to them. The most specific open cause names it.
 */
export function decideSuppressedPage(
  page: { readonly dueAtMs: number; readonly causes: readonly SharedCause[]; readonly isTest: boolean },
  clusters: readonly { readonly cause: SharedCause; readonly openedAtMs: number }[],
): SuppressedPageDecision {
  if (page.isTest) {
    return { kind: "send", reason: "simulated" };
  }
  const open = page.causes.flatMap((cause) => clusters.find((cluster) => cluster.cause === cause) ?? []);
  const [struck] = open.filter(({ openedAtMs }) => page.dueAtMs >= openedAtMs);
  if (struck) {
    return { kind: "fold", reason: "shared_cause_struck_many", cause: struck.cause };
  }
  return { kind: "send", reason: open.length > 0 ? "was_due_before" : "no_cluster" };
}
