/** What the readers of the formats hand to `readImport`, which judges it. */

/** One server that a file names, before it was judged. */
export type ImportCandidate =
  | {
      readonly kind: "candidate";
      /** Line of the file, from 1; null where lines mean nothing. */
      readonly line: number | null;
      /** As `newEndpointSchema` has it, unchecked. */
      readonly body: Readonly<Record<string, unknown>>;
      readonly note: string | null;
    }
  | ImportRefusal;

export interface ImportRefusal {
  readonly kind: "refused";
  readonly line: number | null;
  readonly name: string;
  /** Whole sentence for the person. */
  readonly reason: string;
}

/** What a format's reader makes of a file. */
export type CandidatesRead =
  | {
      readonly kind: "candidates";
      readonly format: "mcp.json" | "server.json" | "csv";
      readonly candidates: readonly ImportCandidate[];
    }
  | { readonly kind: "refused"; readonly reason: string };
