import { plainLines } from "@alivemcp/core/plain-text";
import type { IncidentRow } from "@alivemcp/db/queries/incidents";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getIncidentIn } from "./get-incident-in.ts";
import { noteInTimeline } from "./note-in-timeline.ts";

/** Body of a comment, in the words of the REST API. */
export const commentSchema = z.strictObject({
  body: plainLines(2_000).refine((text) => text.trim() !== "", "This may not be empty."),
});

/** Writes into the workspace's own timeline; nobody else reads it. Open and closed incidents alike. */
export function commentOnIncident(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  { id, body }: { readonly id: string; readonly body: string },
): Promise<IncidentRow> {
  return change(deps, caller, "incident.respond", async (tx) => {
    const row = await getIncidentIn(caller.scope, tx, id);
    const at = new Date(deps.clock.nowMs());
    await noteInTimeline(caller, tx, { row, at, kind: "comment", facts: { body: body.trim() } });
    return {
      result: row,
      audit: { deed: "incident.comment", targetKind: "incident", targetId: row.id, content: { body } },
    };
  });
}
