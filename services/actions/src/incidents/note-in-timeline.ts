import { randomUUID } from "node:crypto";
import { type IncidentRow, insertIncidentEvent } from "@alivemcp/db/queries/incidents";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { Caller } from "../caller.ts";
import { actorKey } from "./actor-key.ts";

/** Appends one entry of whoever acts to the tenant's own part of the timeline. */
export function noteInTimeline(
  caller: Caller,
  tx: Tx,
  entry: {
    readonly row: Pick<IncidentRow, "incidentId">;
    readonly at: Date;
    readonly kind: string;
    readonly facts: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { row, at, kind, facts } = entry;
  return insertIncidentEvent(caller.scope, tx, {
    incidentId: row.incidentId,
    at,
    kind,
    actor: actorKey(caller.actor),
    facts,
    key: `${kind}:${randomUUID()}`,
  });
}
