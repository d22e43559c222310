import type { Alert } from "./alert.ts";
import type { DriftConcern } from "./drift-change.ts";

/**
 * The alert about one drift event. P3 when a call breaks, or when a text tells an agent what to do, hides, or admits to
 * more harm than before; P4, which is for the weekly digest, otherwise.
 */
export function alertOfDrift(
  drift: {
    readonly id: string;
    readonly atMs: number;
    readonly changes: readonly {
      readonly isBreaking: boolean;
      readonly concern: DriftConcern | null;
      readonly tool: string;
    }[];
  },
  to: { readonly tenantId: string; readonly endpointId: string },
): Alert {
  const { changes } = drift;
  const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
  const concerns = [...new Set(changes.flatMap(({ concern }) => concern ?? []))].sort();
  const alertKey = `drift:${drift.id}`;
  return {
    ...to,
    alertKey,
    dedupKey: alertKey,
    event: "drift.detected",
    severity: breaking > 0 || concerns.length > 0 ? "P3" : "P4",
    atMs: drift.atMs,
    isTest: false,
    facts: {
      kind: "drift",
      driftEventId: drift.id,
      breaking,
      other: changes.length - breaking,
      tools: [...new Set(changes.map(({ tool }) => tool))].sort(),
      concerns,
    },
  };
}
