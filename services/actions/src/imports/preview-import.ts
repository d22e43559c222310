import { randomUUID } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { normalizedUrl } from "@alivemcp/core/endpoint-url";
import { IMPORT_BYTES_MAX, IMPORT_ROWS_MAX } from "@alivemcp/core/import-limits";
import { countWatched, findUrlConflict } from "@alivemcp/db/queries/endpoints";
import { findTenant } from "@alivemcp/db/queries/tenants";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import { read } from "../read.ts";
import type { ImportRow } from "./import-rows.ts";
import { type ImportOwner, writeImport } from "./import-store.ts";
import { readImport } from "./read-import.ts";

/**
 * Reads a file and keeps what it came to for half an hour, bound to the session: nothing is registered yet. Answers
 * with its id. Throws `invalid` for a file that is no list of servers, too large, or not text.
 */
export async function previewImport(
  deps: Pick<ActionDeps, "pool" | "redis">,
  owner: ImportOwner,
  bytes: Uint8Array,
): Promise<string> {
  const { caller } = owner;
  const { format, entries } = readFile(bytes);
  const preview = await read(deps, caller, "endpoint.create", async (tx) => {
    const tenant = await findTenant(caller.scope, tx);
    const { endpoints } = await countWatched(caller.scope, tx);
    const rows: ImportRow[] = [];
    for (const entry of entries) {
      rows.push(await judge(owner, tx, entry));
    }
    return { format, rows, room: Math.max(0, (tenant?.plan.endpointsMax ?? 0) - endpoints) };
  });
  const id = randomUUID();
  await writeImport(deps, owner, id, { kind: "preview", preview });
  return id;
}

/** What can be known without registering: the rest is said row by row when it is confirmed. */
async function judge({ caller }: ImportOwner, tx: Tx, row: ImportRow): Promise<ImportRow> {
  if (row.kind === "refused") {
    return row;
  }
  const { line, name } = row;
  if (row.body.visibility === "public" && caller.actor.kind !== "operator") {
    const reason =
      "Only endpoints that are proven to be yours go on the public board: import it as unlisted.";
    return { kind: "refused", line, name, reason };
  }
  const conflict = await findUrlConflict(caller.scope, tx, normalizedUrl(new URL(row.body.url)));
  switch (conflict?.kind) {
    case undefined:
      return row;
    case "already-added": {
      const { slug } = conflict.endpoint;
      return {
        kind: "refused",
        line,
        name,
        reason: `You watch this URL already, as ${slug}.`,
        existingSlug: slug,
      };
    }
    case "on-board": {
      const { slug } = conflict;
      const reason = `This URL is on the board already, as ${slug}: follow it instead.`;
      return { kind: "refused", line, name, reason, boardSlug: slug };
    }
  }
}

function readFile(bytes: Uint8Array) {
  if (bytes.byteLength > IMPORT_BYTES_MAX) {
    throw refusal("The file is larger than 1 MB.");
  }
  const answer = readImport(decode(bytes), IMPORT_ROWS_MAX);
  if (answer.kind === "refused") {
    throw refusal(answer.reason);
  }
  return answer;
}

/** UTF-8, or UTF-16 with the byte order mark that spreadsheets write. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refusal("The file is not text in UTF-8. Save it as UTF-8 and try again.");
  }
}

function refusal(sentence: string): AppError {
  return new AppError({ code: "invalid", internal: "import file refused", public: sentence, field: "file" });
}
