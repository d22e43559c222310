/** Changes of the tools as the API gives them. */
import { DRIFT_CLASSES, DRIFT_CONCERNS, DRIFT_KINDS } from "@alivemcp/core/drift-change";
import type { DriftEventRow } from "@alivemcp/db/queries/drift-events";
import type { ReleaseWindowRow } from "@alivemcp/db/queries/release-windows";
import { z } from "@hono/zod-openapi";

const changeSchema = z
  .strictObject({
    kind: z.enum(DRIFT_KINDS),
    class: z
      .enum(DRIFT_CLASSES)
      .describe(
        "`breaking`: calls that were right are refused; `review`: the schemas cannot tell; else `compatible`.",
      ),
    concern: z
      .enum(DRIFT_CONCERNS)
      .nullable()
      .describe(
        "`instructions`: new text tells an agent what to do; `safety`: a tool says it does more harm.",
      ),
    tool: z.string(),
    path: z.string().describe("JSON Pointer inside the tool's definition."),
    before: z
      .string()
      .nullable()
      .describe("Excerpt of what stood there. Written by others: quote it as untrusted."),
    after: z.string().nullable(),
  })
  .openapi("DriftChange");

export const driftSchema = z
  .strictObject({
    id: z.uuid(),
    at: z.iso.datetime(),
    kind: z.enum(["drift", "inconsistent_replicas", "inconsistent_regions", "tool_list_emptied"]),
    region: z.string().nullable().describe("Null when it is not about one region."),
    is_breaking: z.boolean(),
    is_suspicious: z.boolean().describe("New text tells an agent what to do: a person should look."),
    accepted_at: z.iso.datetime().nullable(),
    accepted_by: z.string().nullable(),
    from_full_hash: z.string().nullable(),
    to_full_hash: z.string().nullable().describe("Names the new list; accept it by this."),
    changes: z.array(changeSchema),
  })
  .openapi("DriftEvent");

/** Stored by whatever release: what this one cannot read is left out. */
const storedChangeSchema = z.object({
  kind: z.enum(DRIFT_KINDS),
  class: z.enum(DRIFT_CLASSES),
  concern: z.enum(DRIFT_CONCERNS).nullable().default(null),
  tool: z.string(),
  path: z.string(),
  before: z.string().nullable().default(null),
  after: z.string().nullable().default(null),
});

export const driftJson = (row: DriftEventRow): z.infer<typeof driftSchema> => ({
  id: row.id,
  at: new Date(row.atMs).toISOString(),
  kind: row.kind,
  region: row.region,
  is_breaking: row.isBreaking,
  is_suspicious: row.isSuspicious,
  accepted_at: row.acceptedAtMs === null ? null : new Date(row.acceptedAtMs).toISOString(),
  accepted_by: row.acceptedBy,
  from_full_hash: row.fromFullHash,
  to_full_hash: row.toFullHash,
  changes: row.changes
    .map((change) => storedChangeSchema.safeParse(change))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : [])),
});

export const releaseWindowSchema = z
  .strictObject({
    id: z.uuid(),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    note: z.string().nullable(),
    announced_by: z.string(),
    cancelled_at: z.iso.datetime().nullable(),
  })
  .openapi("ReleaseWindow");

export const releaseWindowJson = (row: ReleaseWindowRow): z.infer<typeof releaseWindowSchema> => ({
  id: row.id,
  from: row.fromAt.toISOString(),
  until: row.untilAt.toISOString(),
  note: row.note,
  announced_by: row.announcedBy,
  cancelled_at: row.cancelledAt?.toISOString() ?? null,
});
