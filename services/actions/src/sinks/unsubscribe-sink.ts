import { createHash, timingSafeEqual } from "node:crypto";
import { insertAuditRow } from "@alivemcp/db/queries/audit-log";
import { updateSink } from "@alivemcp/db/queries/sinks";
import { findSinkScope } from "@alivemcp/db/queries/sinks-identity";
import { withTenant } from "@alivemcp/db/tenant-scope";
import type { Pool } from "@alivemcp/runtime/postgres";
import { type OpenedSink, type OpeningDeps, openSinkIn } from "./open-own-sink.ts";

type UnsubscribeDeps = OpeningDeps & {
  /** Logs in as `identity`: whose sink does the token name? */
  readonly identityPool: Pool;
};

const TOKEN = /^([0-9a-f-]{36})\.([\w-]{43})$/;

export type Unsubscribed = "ended" | "unknown";

/** Whether a link from an alert mail is one of ours, changing nothing. */
export const knowsUnsubscribeLink = (deps: UnsubscribeDeps, token: string): Promise<boolean> =>
  withLinkedSink(deps, token, async () => true).then((known) => known ?? false);

/**
 * Ends the mails of one sink (RFC 8058): it is disabled, and its workspace sees why. Ending them twice is ending them
 * once.
 */
export async function unsubscribeSink(deps: UnsubscribeDeps, token: string): Promise<Unsubscribed> {
  const at = new Date(deps.clock.nowMs());
  const done = await withLinkedSink(deps, token, async ({ sink }, scope, tx) => {
    if (sink.state === "disabled") {
      return true;
    }
    await updateSink(scope, tx, {
      id: sink.id,
      change: {
        state: "disabled",
        disabledAt: at,
        disabledReason: "unsubscribed",
        proofHash: null,
        proofExpiresAt: null,
      },
      at,
    });
    await insertAuditRow(scope, tx, {
      actorKind: "system",
      actorId: "recipient of the mail",
      action: "sink.unsubscribe",
      targetKind: "sink",
      targetId: sink.id,
      reason: null,
      fromAddress: null,
      requestId: null,
      content: undefined,
    });
    return true;
  });
  return done === true ? "ended" : "unknown";
}

async function withLinkedSink<T>(
  deps: UnsubscribeDeps,
  token: string,
  run: (
    opened: OpenedSink,
    scope: Parameters<typeof openSinkIn>[1],
    tx: Parameters<typeof openSinkIn>[2],
  ) => Promise<T>,
): Promise<T | null> {
  const [, sinkId, secret] = TOKEN.exec(token) ?? [];
  const scope = sinkId === undefined ? null : await findSinkScope(deps.identityPool, sinkId);
  if (sinkId === undefined || secret === undefined || scope === null) {
    return null;
  }
  return withTenant(scope, deps.pool, async (tx) => {
    const opened = await openSinkIn(deps, scope, tx, { sinkId, kind: "email" });
    const isSame =
      opened !== null && timingSafeEqual(digest(secret), digest(String(opened.settings.unsubscribeToken)));
    return isSame ? run(opened, scope, tx) : null;
  });
}

const digest = (text: string) => createHash("sha256").update(text).digest();
