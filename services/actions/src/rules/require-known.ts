import type { AlertScope } from "@alivemcp/core/alert-rule";
import { AppError } from "@alivemcp/core/app-error";
import { findEscalationPolicy } from "@alivemcp/db/queries/escalation-policies";
import { listSinks, type SinkRow } from "@alivemcp/db/queries/sinks";
import { listWatchedEndpoints, type WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { Caller } from "../caller.ts";

/** Throws `invalid` naming `sinkIds` unless all are the workspace's own. Answers them. */
export async function requireSinks(
  { scope }: Caller,
  tx: Tx,
  ids: readonly string[],
  field = "sink_ids",
): Promise<readonly SinkRow[]> {
  const sinks = ids.length === 0 ? [] : await listSinks(scope, tx);
  const named = ids.map((id) => sinks.find((sink) => sink.id === id));
  if (named.includes(undefined)) {
    throw unknown(field, "This workspace has no such sink.");
  }
  return named.filter((sink) => sink !== undefined);
}

/** Throws `invalid` naming `scope` unless the workspace watches every endpoint it names. Answers all that it watches. */
export async function requireScope(
  { scope: tenantScope }: Caller,
  tx: Tx,
  scope: AlertScope,
): Promise<readonly WatchedEndpoint[]> {
  const watched = await listWatchedEndpoints(tenantScope, tx);
  const ids = scope.kind === "some" ? scope.endpointIds : [];
  if (ids.some((id) => !watched.some((endpoint) => endpoint.id === id))) {
    throw unknown("scope.endpoint_ids", "This workspace watches no such endpoint.");
  }
  return watched;
}

/** Throws `invalid` naming `escalation_policy_id` unless it is the workspace's own. */
export async function requirePolicy({ scope }: Caller, tx: Tx, id: string | null): Promise<void> {
  if (id !== null && (await findEscalationPolicy(scope, tx, id)) === null) {
    throw unknown("escalation_policy_id", "This workspace has no such escalation policy.");
  }
}

const unknown = (field: string, sentence: string) =>
  new AppError({ code: "invalid", internal: `${field} is not the tenant's`, public: sentence, field });
