import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { canonicalJson } from "@alivemcp/core/canonical-json";
import { hashToolList } from "@alivemcp/core/tool-list";
import { findToolListBody, type StoredToolList } from "@alivemcp/db/queries/tool-lists-system";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Redis } from "@alivemcp/runtime/redis";
import { findToolList } from "@alivemcp/runtime/tool-list-store";

/** Text of the largest list a probe accepts, with room for what canonicalising adds. */
const TEXT_BYTES_MAX = 64 * 1024 * 1024;

export interface LoadedToolList {
  readonly tools: readonly unknown[];
  /** What to store; null when it is stored already. */
  readonly toStore: StoredToolList | null;
}

/**
 * Finds a tool list in Postgres, else where a worker left it in Redis for a day. Null when it is in neither, or when the
 * worker's text is not the list of that hash: stored lists are shared by all tenants, so nobody's word is taken for it.
 */
export async function loadToolList(
  deps: { readonly pool: Pool; readonly redis: Redis },
  wanted: { readonly endpointId: string; readonly fullHash: string },
): Promise<LoadedToolList | null> {
  const stored = await findToolListBody(deps.pool, wanted.fullHash);
  if (stored !== null) {
    const text = await promisify(inflate)(stored, { maxOutputLength: TEXT_BYTES_MAX });
    return { tools: JSON.parse(text.toString("utf8")), toStore: null };
  }
  const text = await findToolList(deps.redis, wanted).catch(nullWhenUnreadable);
  const tools = text === null ? null : parseTools(text);
  const hashing = tools === null ? null : hashToolList(tools);
  if (tools === null || hashing?.kind !== "hashed" || hashing.fullHash !== wanted.fullHash) {
    return null;
  }
  const { contractHash, fullHash } = hashing;
  const body = await promisify(deflate)(canonicalJson(tools));
  return { tools, toStore: { contractHash, fullHash, toolsCount: tools.length, body } };
}

/** A worker's bytes that do not unpack, or unpack to too much, are no list; anything else is ours to retry. */
function nullWhenUnreadable(err: unknown): null {
  const code = err instanceof Error && "code" in err ? String(err.code) : "";
  if (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE") {
    return null;
  }
  throw err;
}

function parseTools(text: string): readonly unknown[] | null {
  try {
    const tools: unknown = JSON.parse(text);
    return Array.isArray(tools) ? tools : null;
  } catch {
    return null;
  }
}
