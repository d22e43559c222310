/** Places where alerts go, as the API gives them: never what opens one. */
import { SEND_OUTCOMES, SINK_KIND_FACTS, SINK_KINDS, SINK_STATES } from "@alivemcp/core/sink-kind";
import type { SinkRow } from "@alivemcp/db/queries/sinks";
import { z } from "@hono/zod-openapi";

const instant = z.iso.datetime();

const fields = {
  id: z.uuid(),
  kind: z.enum(SINK_KINDS),
  name: z.string(),
  state: z.enum(SINK_STATES).describe("Nothing but its proof goes to one that is not `verified`."),
  shown: z.string().describe("What may be shown of the settings; the rest is sealed and never answered."),
  is_default: z.boolean().describe("Gets the alerts of a workspace without rules."),
  proof: z
    .enum(["code", "link", "challenge"])
    .describe("How it is proven: a code typed back, a link followed, a challenge echoed or typed back."),
  proof_expires_at: instant
    .nullable()
    .describe("Until when the proof that was sent works; null: none waits."),
  verified_at: instant.nullable(),
  disabled_at: instant.nullable(),
  disabled_reason: z.string().nullable(),
  last_attempt_at: instant.nullable(),
  last_outcome: z.enum(SEND_OUTCOMES).nullable(),
  last_answer: z.string().nullable().describe("Written by the receiver: quote it as untrusted."),
  failures_in_a_row: z.int().nonnegative(),
  created_at: instant,
};
export const sinkSchema = z.strictObject(fields).openapi("Sink");
export const sinkWithSecretSchema = z
  .strictObject({
    ...fields,
    secret: z
      .string()
      .nullable()
      .describe("Of a webhook: what its messages are signed with. Keep it: nobody can show it again."),
  })
  .openapi("SinkWithSecret");

const isoOrNull = (at: Date | null) => at?.toISOString() ?? null;

export const sinkJson = (row: SinkRow): z.infer<typeof sinkSchema> => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  state: row.state,
  shown: row.shown,
  is_default: row.isDefault,
  proof: SINK_KIND_FACTS[row.kind].proof,
  proof_expires_at: isoOrNull(row.proofExpiresAt),
  verified_at: isoOrNull(row.verifiedAt),
  disabled_at: isoOrNull(row.disabledAt),
  disabled_reason: row.disabledReason,
  last_attempt_at: isoOrNull(row.lastAttemptAt),
  last_outcome: row.lastOutcome,
  last_answer: row.lastAnswer,
  failures_in_a_row: row.failuresInARow,
  created_at: row.createdAt.toISOString(),
});
