import type { SharedCause } from "@alivemcp/core/shared-cause";
import { decideSuppressedPage } from "@alivemcp/core/suppress-shared-cause";
import { listCausedOf, listOpenClusters } from "@alivemcp/db/queries/suppression-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { Deps } from "../deps.ts";
import { clusterCausesOf } from "../upkeep/cluster-causes.ts";
import type { AlertRequest } from "./alert-request.ts";

/**
 * The same requests, with those that nobody heard of yet under the clusters that are open for their cause. While no
 * cluster is open, which is nearly always, it asks for that and no more.
 */
export async function joinClusters(
  deps: Pick<Deps, "regions">,
  client: PoolClient,
  requests: readonly AlertRequest[],
  nowMs: number,
): Promise<readonly AlertRequest[]> {
  const joining = requests.flatMap(({ alert, incident }) =>
    isUntoldPage(alert, incident) ? [incident.row.id] : [],
  );
  const open = joining.length === 0 ? [] : await listOpenClusters(client, { lock: false });
  if (open.length === 0) {
    return requests;
  }
  const clusters = open.map(({ cause, openedAtMs }) => ({ cause: cause as SharedCause, openedAtMs }));
  const idOfCause = new Map(open.map(({ cause, id }) => [cause, id]));
  const clusterOf = new Map<string, string>();
  for (const incident of await listCausedOf(client, joining)) {
    const causes = clusterCausesOf(incident, deps.regions);
    const decision = decideSuppressedPage({ dueAtMs: nowMs, causes, isTest: false }, clusters);
    const clusterId = decision.kind === "fold" ? idOfCause.get(decision.cause) : undefined;
    if (clusterId !== undefined) {
      clusterOf.set(incident.incidentTenantId, clusterId);
    }
  }
  return requests.map((request) => {
    const clusterId = clusterOf.get(request.incident?.row.id ?? "");
    return clusterId === undefined || request.incident === null
      ? request
      : {
          ...request,
          incident: { ...request.incident, row: { ...request.incident.row, clusterId } },
        };
  });
}

const isUntoldPage = (
  alert: AlertRequest["alert"],
  incident: AlertRequest["incident"],
): incident is NonNullable<AlertRequest["incident"]> =>
  incident !== null &&
  alert.severity === "P1" &&
  !alert.isTest &&
  incident.row.clusterId === null &&
  incident.row.toldSeverity === null &&
  incident.facts.resolvedAtMs === null;
