import { AppError } from "@alivemcp/core/app-error";
import { UPDATE_STAGES, type UpdateStage } from "@alivemcp/core/incident-cause";
import { plainLines } from "@alivemcp/core/plain-text";
import {
  answerIncident,
  type IncidentRow,
  type IncidentUpdateRow,
  insertIncidentUpdate,
  listIncidentUpdates,
  UPDATES_MAX,
} from "@alivemcp/db/queries/incidents";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { actorKey } from "./actor-key.ts";
import { getIncidentIn } from "./get-incident-in.ts";

/** Body of a public update, in the words of the REST API. */
export const updateSchema = z.strictObject({
  stage: z.enum(UPDATE_STAGES, {
    error: "The stage is one of investigating, identified, monitoring and resolved.",
  }),
  body: plainLines(2_000).refine((text) => text.trim() !== "", "This may not be empty."),
  /** Needed to say `resolved` of an incident that our probes still see. */
  confirm: z.boolean().optional(),
});

/**
 * Tells the public how it stands. Only the owner of the endpoint may. `resolved` of an incident that is still on needs
 * `isConfirmed`. Throws `forbidden`, and `conflict`, naming `confirm` where that is missing, or after 100 updates.
 */
export function publishUpdate(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: {
    readonly id: string;
    readonly stage: UpdateStage;
    readonly body: string;
    readonly isConfirmed: boolean;
  },
): Promise<IncidentUpdateRow> {
  return change(deps, caller, "incident.publish", async (tx) => {
    const row = await getIncidentIn(caller.scope, tx, input.id);
    requirePublishable(row, input);
    if ((await listIncidentUpdates(caller.scope, tx, row.incidentId)).length >= UPDATES_MAX) {
      throw new AppError({
        code: "conflict",
        internal: "too many updates",
        public: `An incident has at most ${UPDATES_MAX} public updates.`,
      });
    }
    const { stage } = input;
    const body = input.body.trim();
    const at = new Date(deps.clock.nowMs());
    const update = await insertIncidentUpdate(caller.scope, tx, {
      incidentId: row.incidentId,
      stage,
      body,
      writtenBy: actorKey(caller.actor),
      at,
    });
    if (row.resolvedAtMs === null) {
      await answerIncident(caller.scope, tx, { id: row.id, answer: {}, wakeAt: at });
    }
    return {
      result: update,
      audit: { targetKind: "incident", targetId: row.id, content: { stage, body } },
    };
  });
}

function requirePublishable(
  row: IncidentRow,
  { stage, isConfirmed }: { readonly stage: UpdateStage; readonly isConfirmed: boolean },
): void {
  if (!row.isOwn) {
    throw new AppError({
      code: "forbidden",
      internal: "update on a followed endpoint",
      public: "Only the owner of an endpoint tells the public about it; you follow this one.",
    });
  }
  if (row.isSimulated) {
    throw new AppError({
      code: "conflict",
      internal: "update on a simulated incident",
      public: "This outage is simulated: the public does not see it.",
    });
  }
  if (stage === "resolved" && row.resolvedAtMs === null && !isConfirmed) {
    throw new AppError({
      code: "conflict",
      internal: "resolved while open",
      public: "Our probes still see this incident. Confirm that it is resolved all the same.",
      field: "confirm",
    });
  }
}
