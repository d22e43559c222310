import { noticeMessage } from "@alivemcp/core/notice-message";
import { type SharedCause, sharedCauseWords } from "@alivemcp/core/shared-cause";
import {
  decideClusterClosing,
  decideClusters,
  SUPPRESSION_POLICY,
} from "@alivemcp/core/suppress-shared-cause";
import type { QueuedDelivery } from "@alivemcp/db/queries/deliveries-system";
import { listWorkspaceSinks } from "@alivemcp/db/queries/digests-system";
import { lockUpkeepMemory } from "@alivemcp/db/queries/own-health-system";
import {
  type CausedIncident,
  type ClusterRow,
  closeCluster,
  countPageableTenants,
  insertCluster,
  listCausedIncidents,
  listClosings,
  listOpenClusters,
  listToldTenants,
  listUntoldOfCluster,
  widenCluster,
} from "@alivemcp/db/queries/suppression-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import { enqueueDeliveries } from "../deliver/enqueue-deliveries.ts";
import type { Deps } from "../deps.ts";
import { clusterCausesOf } from "./cluster-causes.ts";
import { promiseMessages } from "./promise-messages.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

export type ClusterDeps = UpkeepDeps & Pick<Deps, "regions">;

/** Tenants that get their notice in one round; the rest in the next. */
const NOTICES_MAX = 500;

export interface SweptClusters {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/**
 * Opens a cluster for every cause that would page many tenants, tells those under one once, and closes what is over. All
 * of it is one transaction behind one lock: a crash leaves everything undone, a second run finds nothing to do.
 */
export async function sweepClusters(deps: ClusterDeps): Promise<SweptClusters> {
  const nowMs = deps.clock.nowMs();
  const { queued, ...swept } = await inTransaction(deps.pool, async (client) => {
    await lockUpkeepMemory(client, { task: "clusters", atMs: nowMs });
    const open = await listOpenClusters(client, { lock: true });
    const sinceMs =
      Math.min(nowMs, ...open.map(({ openedAtMs }) => openedAtMs)) - SUPPRESSION_POLICY.windowMs;
    const incidents = (await listCausedIncidents(client, sinceMs)).map((incident) => ({
      ...incident,
      causes: clusterCausesOf(incident, deps.regions),
    }));
    const opened = incidents.length === 0 ? [] : await openClusters(client, { incidents, open, nowMs });
    const told: QueuedDelivery[] = [];
    const closed: string[] = [];
    for (const cluster of [...open, ...opened]) {
      const struck = incidents.filter(({ causes }) => causes.includes(cluster.cause as SharedCause));
      told.push(...(await tellOpened(deps, client, cluster, nowMs)));
      if (await settle(client, cluster, struck, nowMs)) {
        closed.push(cluster.cause);
        told.push(...(await tellClosed(deps, client, cluster, nowMs)));
      }
    }
    return { queued: told, opened: opened.map(({ cause }) => cause), closed };
  });
  for (const [change, causes] of Object.entries(swept)) {
    for (const cause of causes) {
      deps.log.warn({ cause, change }, "one cause strikes many workspaces");
    }
  }
  await enqueueDeliveries(deps, queued);
  return swept;
}

type Caused = CausedIncident & { readonly causes: readonly SharedCause[] };

async function openClusters(
  client: PoolClient,
  { incidents, open, nowMs }: { incidents: readonly Caused[]; open: readonly ClusterRow[]; nowMs: number },
): Promise<readonly ClusterRow[]> {
  const tenantsAll = await countPageableTenants(client);
  const closings = await listClosings(client, nowMs - SUPPRESSION_POLICY.windowMs);
  // What led to a cluster that is over does not lead to the next one.
  const isSpent = ({ causes, createdAtMs }: Caused) =>
    causes.some((cause) => createdAtMs <= (closings.get(cause) ?? 0));
  const pages = incidents
    .filter((incident) => !isSpent(incident))
    .map(({ tenantId, endpointId, createdAtMs, causes }) => ({
      tenantId,
      endpointId,
      atMs: createdAtMs,
      causes,
    }));
  const opened: ClusterRow[] = [];
  for (const count of decideClusters(
    pages,
    open.map(({ cause }) => cause),
    tenantsAll,
    nowMs,
  )) {
    const cluster = await insertCluster(client, { ...count, atMs: nowMs, tenantsAll });
    opened.push(...(cluster === null ? [] : [cluster]));
  }
  return opened;
}

/** Brings a cluster's figures up to date; true when it was closed. */
async function settle(
  client: PoolClient,
  cluster: ClusterRow,
  struck: readonly Caused[],
  nowMs: number,
): Promise<boolean> {
  const now = struck.filter(({ isOpen }) => isOpen);
  const tenantsNow = new Set(now.map(({ tenantId }) => tenantId)).size;
  await widenCluster(client, {
    id: cluster.id,
    tenants: tenantsNow,
    endpoints: new Set(now.map(({ endpointId }) => endpointId)).size,
  });
  const decision = decideClusterClosing(
    {
      openedAtMs: cluster.openedAtMs,
      tenantsMost: Math.max(cluster.tenants, tenantsNow),
      tenantsNow,
      lastPageAtMs: Math.max(cluster.openedAtMs, ...struck.map(({ createdAtMs }) => createdAtMs)),
    },
    nowMs,
  );
  if (decision.kind === "close") {
    await closeCluster(client, { id: cluster.id, atMs: nowMs });
  }
  return decision.kind === "close";
}

const keyOf = ({ id }: ClusterRow) => `cluster:${id}`;

async function tellOpened(
  deps: ClusterDeps,
  client: PoolClient,
  cluster: ClusterRow,
  nowMs: number,
): Promise<readonly QueuedDelivery[]> {
  const alertKey = keyOf(cluster);
  const tenantIds = await listUntoldOfCluster(client, { id: cluster.id, alertKey, limit: NOTICES_MAX });
  return tell(deps, client, { cluster, tenantIds, alertKey, nowMs, ...OPENED(cluster.cause) });
}

async function tellClosed(
  deps: ClusterDeps,
  client: PoolClient,
  cluster: ClusterRow,
  nowMs: number,
): Promise<readonly QueuedDelivery[]> {
  const tenantIds = await listToldTenants(client, keyOf(cluster));
  return tell(deps, client, {
    cluster,
    tenantIds,
    alertKey: `${keyOf(cluster)}:over`,
    nowMs,
    ...CLOSED(cluster.cause),
  });
}

/** Says nothing of others but that there are many. */
const OPENED = (cause: string) => ({
  title: "Many servers fail at once for one cause",
  summary:
    `Endpoints of yours are down, and so are those of many others: what they share is ${sharedCauseWords(cause)}. ` +
    "You get this one notice instead of a page for each. Whatever is still down when it is over is paged then.",
});
const CLOSED = (cause: string) => ({
  title: "Over: many servers failed at once",
  summary: `The trouble with ${sharedCauseWords(cause)} is over, or not shared by many any more. Whatever is still down is paged now.`,
});

async function tell(
  deps: ClusterDeps,
  client: PoolClient,
  input: {
    readonly cluster: ClusterRow;
    readonly tenantIds: readonly string[];
    readonly alertKey: string;
    readonly title: string;
    readonly summary: string;
    readonly nowMs: number;
  },
): Promise<readonly QueuedDelivery[]> {
  const { cluster, tenantIds, alertKey, title, summary, nowMs } = input;
  if (tenantIds.length === 0) {
    return [];
  }
  const sinks = await listWorkspaceSinks(client, { tenantIds, severity: "P1" });
  const messages = sinks.map((sink) => ({
    sink,
    alertKey,
    message: noticeMessage({
      dedupKey: keyOf(cluster),
      title,
      summary,
      atMs: nowMs,
      facts: [{ label: "Since", value: new Date(cluster.openedAtMs).toISOString() }],
      links: [
        {
          label: "Incidents",
          url: `${deps.places.appUrl}/w/${encodeURIComponent(sink.workspaceSlug)}/incidents`,
        },
      ],
    }),
  }));
  return promiseMessages(client, messages, nowMs);
}
