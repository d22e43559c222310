import { randomUUID } from "node:crypto";
import { listStaleDefaultSinks, saveDefaultSinks } from "@alivemcp/db/queries/default-sinks-system";
import type { Pool, PoolClient } from "@alivemcp/runtime/postgres";
import { type SinkKey, sealSettings } from "@alivemcp/runtime/sink-keys";
import { type EmailSettings, makeUnsubscribeToken } from "@alivemcp/sinks/email/settings";

/** Workspaces in one turn: sealing takes about a tenth of a millisecond each. */
const TURN_MAX = 500;

/**
 * Gives workspaces the sink that works without touching anything: mail to their owner's confirmed address. It follows
 * the owner when the workspace is handed over or the address changes. Answers how many there were to do; doing it twice,
 * or at the same time as another router, adds nothing.
 */
export async function ensureDefaultSinks(
  client: Pool | PoolClient,
  input: {
    readonly keys: readonly SinkKey[];
    readonly tenantIds: readonly string[] | null;
    readonly nowMs: number;
  },
): Promise<number> {
  const [key] = input.keys;
  const stale = await listStaleDefaultSinks(client, { tenantIds: input.tenantIds, limit: TURN_MAX });
  if (key === undefined) {
    return 0;
  }
  const sinks = stale.map(({ tenantId, ownerId, address, sinkId, version: before }) => {
    const id = sinkId ?? randomUUID();
    const version = before + 1;
    const settings = sealSettings(key, emailTo(address), { tenantId, sinkId: id, version });
    return { id, tenantId, ownerId, address, version, ...settings };
  });
  await saveDefaultSinks(client, { sinks, atMs: input.nowMs });
  return sinks.length;
}

const emailTo = (address: string): EmailSettings => ({ address, unsubscribeToken: makeUnsubscribeToken() });
