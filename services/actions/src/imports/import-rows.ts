import type { ImportEntry, ImportedEndpoint } from "./read-import.ts";

/** An endpoint of the file that may be registered, or why it will not be. */
export type ImportRow =
  | ImportedEndpoint
  | (Extract<ImportEntry, { kind: "refused" }> & {
      /** The endpoint that watches this URL already, where there is one. */
      readonly existingSlug?: string;
      readonly boardSlug?: string;
    });

export interface ImportPreview {
  readonly format: "mcp.json" | "server.json" | "csv";
  readonly rows: readonly ImportRow[];
  /** How many more endpoints the plan has room for; rows beyond it will be refused. */
  readonly room: number;
}

/** What became of each row, in the order of the file. */
export type ImportedRow =
  | { readonly kind: "added"; readonly line: number | null; readonly name: string; readonly slug: string }
  | {
      readonly kind: "refused";
      readonly line: number | null;
      readonly name: string;
      readonly reason: string;
    };

export interface ImportResult {
  readonly rows: readonly ImportedRow[];
}
