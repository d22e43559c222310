/**
 * Reads which endpoints a file names: the `mcp.json` of an MCP client, the `server.json` of the MCP registry, or a CSV
 * table. Credentials in such files are never taken over.
 */
import { type NewEndpointBody, newEndpointSchema } from "@alivemcp/core/endpoint-input";
import { checkEndpointUrl, normalizedUrl } from "@alivemcp/core/endpoint-url";
import type { ImportCandidate, ImportRefusal } from "./import-candidate.ts";
import { readCsvImport } from "./read-csv-import.ts";
import { readJsonImport } from "./read-json-import.ts";

export interface ImportedEndpoint {
  readonly kind: "endpoint";
  readonly line: number | null;
  readonly name: string;
  readonly body: NewEndpointBody;
  /** What a person should know about it although it is imported; null: nothing. */
  readonly note: string | null;
}

export type ImportEntry = ImportedEndpoint | ImportRefusal;

export type ImportRead =
  | {
      readonly kind: "read";
      readonly format: "mcp.json" | "server.json" | "csv";
      /** In the order of the file, imported or refused one by one. */
      readonly entries: readonly ImportEntry[];
    }
  | { readonly kind: "refused"; readonly reason: string };

const NAME_SHOWN_CHARS_MAX = 200;

/**
 * Reads a file of at most `entriesMax` servers. Total: whatever the text is, the answer is entries or a sentence.
 * Every entry of kind `endpoint` has passed the schema that the REST API uses, and each URL stands once.
 */
export function readImport(text: string, entriesMax: number): ImportRead {
  const bare = text.replace(/^\uFEFF/, "").trim();
  if (bare === "") {
    return { kind: "refused", reason: "The file is empty." };
  }
  const read = /^[[{]/.test(bare) ? readJsonImport(bare) : readCsvImport(bare, entriesMax);
  if (read.kind === "refused") {
    return read;
  }
  const { format, candidates } = read;
  if (candidates.length === 0) {
    return { kind: "refused", reason: "The file names no server." };
  }
  if (candidates.length > entriesMax) {
    const reason = `The file names more than ${entriesMax} servers, and at most ${entriesMax} are imported at once. Split it.`;
    return { kind: "refused", reason };
  }
  const seen = new Map<string, string>();
  return { kind: "read", format, entries: candidates.map((candidate) => judge(candidate, seen)) };
}

function judge(candidate: ImportCandidate, seen: Map<string, string>): ImportEntry {
  if (candidate.kind === "refused") {
    return { ...candidate, name: shownName(candidate.name) };
  }
  const { line, body, note } = candidate;
  const name = shownName(String(body.name ?? body.url ?? ""));
  const refuse = (reason: string): ImportRefusal => ({ kind: "refused", line, name, reason });
  const parsed = newEndpointSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${String(issue?.path[0] ?? "entry")}: ${issue?.message ?? "it cannot be read"}`);
  }
  const checked = checkEndpointUrl(parsed.data.url);
  if (checked.kind === "refused") {
    return refuse(checked.message);
  }
  const key = normalizedUrl(new URL(checked.url));
  const first = seen.get(key);
  if (first !== undefined) {
    return refuse(`The same URL stands in this file already, as ${first}.`);
  }
  seen.set(key, line === null ? name : `line ${line}`);
  return { kind: "endpoint", line, name, body: { ...parsed.data, url: checked.url }, note };
}

/** One line that any page can show. */
const shownName = (name: string) =>
  name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, NAME_SHOWN_CHARS_MAX)
    .toWellFormed() || "unnamed";
