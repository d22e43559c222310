import { DRIFT_CLASSES, DRIFT_CONCERNS, DRIFT_KINDS, type DriftChange } from "@alivemcp/core/drift-change";
import { z } from "zod";

const text = z.string().max(2_000).nullish().catch(null);
const changeSchema = z.object({
  kind: z.enum(DRIFT_KINDS),
  class: z.enum(DRIFT_CLASSES),
  concern: z.enum(DRIFT_CONCERNS).nullish().catch(null),
  tool: z.string().max(2_000),
  path: z.string().max(2_000),
  before: text,
  after: text,
});

/** The changes of a stored event; one of a release that knows more kinds is left out. */
export function readStoredChanges(changes: readonly unknown[]): DriftChange[] {
  return changes.flatMap((change) => {
    const parsed = changeSchema.safeParse(change);
    if (!parsed.success) {
      return [];
    }
    const { concern = null, before = null, after = null, ...rest } = parsed.data;
    return [{ ...rest, concern, before, after, isBreaking: rest.class === "breaking" }];
  });
}
