import type { IncidentSeverity } from "@alivemcp/core/alert-severity";

/** One incident of a workspace, as its list shows it. Instants are epoch ms. */
export interface IncidentLine {
  /** Of the workspace's own row: the `dedup_key` on every channel. */
  readonly id: string;
  /** What is, or was, the matter: "Down: connection refused". */
  readonly headline: string;
  readonly endpoint: { readonly slug: string; readonly name: string };
  readonly severity: IncidentSeverity;
  /** It was simulated. */
  readonly isTest: boolean;
  readonly isFlapping: boolean;
  readonly cities: readonly string[];
  readonly startedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly mutedUntilMs: number | null;
  /** Names of the sinks that were told. */
  readonly toldWhom: readonly string[];
  /** Endpoints that failed together with this one, it included. */
  readonly together: number;
}
