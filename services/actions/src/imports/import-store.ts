import { createHash } from "node:crypto";
import { IMPORT_KEPT_S } from "@alivemcp/core/import-limits";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import type { ImportPreview, ImportResult } from "./import-rows.ts";

/** Whose import it is: the workspace, and the session that began it. Nobody else finds it, whoever knows its id. */
export interface ImportOwner {
  readonly caller: Caller;
  readonly sessionId: string;
}

export type StoredImport =
  | { readonly kind: "preview"; readonly preview: ImportPreview }
  /** Confirmed, and its rows are being registered. */
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly result: ImportResult };

const ID = /^[0-9a-f-]{36}$/;

/** Keys name the tenant first, so that erasing it finds them. */
function keyOf({ caller, sessionId }: ImportOwner, id: string): string {
  const session = createHash("sha256").update(sessionId).digest("hex").slice(0, 32);
  return `import:${caller.scope.tenantId}:${session}:${id}`;
}

/** Keeps it for half an hour. */
export async function writeImport(
  { redis }: Pick<ActionDeps, "redis">,
  owner: ImportOwner,
  id: string,
  stored: StoredImport,
): Promise<void> {
  await redis.set(keyOf(owner, id), JSON.stringify(stored), "EX", IMPORT_KEPT_S);
}

/** Null when there is none of this id for this session, or not any more. */
export async function findImport(
  { redis }: Pick<ActionDeps, "redis">,
  owner: ImportOwner,
  id: string,
): Promise<StoredImport | null> {
  const text = ID.test(id) ? await redis.get(keyOf(owner, id)) : null;
  return text === null ? null : (JSON.parse(text) as StoredImport);
}

/** Swaps the preview for a mark, so that of two confirmations one gets it. Null when another one was first. */
export async function takePreview(
  { redis }: Pick<ActionDeps, "redis">,
  owner: ImportOwner,
  id: string,
): Promise<ImportPreview | null> {
  if (!ID.test(id)) {
    return null;
  }
  const running: StoredImport = { kind: "running" };
  const before = await redis.set(keyOf(owner, id), JSON.stringify(running), "EX", IMPORT_KEPT_S, "XX", "GET");
  const stored = before === null ? null : (JSON.parse(before) as StoredImport);
  if (stored?.kind === "done") {
    await writeImport({ redis }, owner, id, stored);
  }
  return stored?.kind === "preview" ? stored.preview : null;
}
