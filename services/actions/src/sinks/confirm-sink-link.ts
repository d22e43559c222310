import { timingSafeEqual } from "node:crypto";
import { SINK_KIND_FACTS } from "@alivemcp/core/sink-kind";
import { insertAuditRow } from "@alivemcp/db/queries/audit-log";
import { findProofHash, findSink, type SinkRow } from "@alivemcp/db/queries/sinks";
import { findSinkScope } from "@alivemcp/db/queries/sinks-identity";
import { findTenant } from "@alivemcp/db/queries/tenants";
import { type TenantScope, type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { ActionDeps } from "../action-deps.ts";
import { readToken } from "./sink-proof.ts";
import { markVerified } from "./verify-sink.ts";

type LinkDeps = Pick<ActionDeps, "pool" | "clock"> & {
  /** Logs in as `identity`: whose sink does the token name? */
  readonly identityPool: Pool;
};

/** What a link may say of the sink that it proves, to whoever holds it. */
export interface WaitingLink {
  readonly workspaceName: string;
  readonly shown: string;
}

/** What pressing the button would confirm, changing nothing; null when the link works no more. */
export function readSinkLink(deps: LinkDeps, token: string): Promise<WaitingLink | null> {
  return withWaitingSink(deps, token, async (scope, tx, { shown }) => {
    const tenant = await findTenant(scope, tx);
    return tenant === null ? null : { workspaceName: tenant.name, shown };
  });
}

/** Verifies the sink that the mail was about. The token is the proof, and good once; null when it works no more. */
export function confirmSinkLink(deps: LinkDeps, token: string): Promise<SinkRow | null> {
  return withWaitingSink(deps, token, async (scope, tx, sink) => {
    const verified = await markVerified({ scope }, tx, { sink, at: new Date(deps.clock.nowMs()) });
    await insertAuditRow(scope, tx, {
      actorKind: "system",
      actorId: "recipient of the mail",
      action: "sink.confirm",
      targetKind: "sink",
      targetId: sink.id,
      reason: null,
      fromAddress: null,
      requestId: null,
      content: { version: sink.version },
    });
    return verified;
  });
}

async function withWaitingSink<T>(
  deps: LinkDeps,
  token: string,
  run: (scope: TenantScope, tx: Tx, sink: SinkRow) => Promise<T | null>,
): Promise<T | null> {
  const named = readToken(token);
  const scope = named && (await findSinkScope(deps.identityPool, named.sinkId));
  if (named === null || scope === null) {
    return null;
  }
  return withTenant(scope, deps.pool, async (tx) => {
    const sink = await findSink(scope, tx, named.sinkId);
    const hash = await findProofHash(scope, tx, named.sinkId);
    if (sink === null || hash === null || sink.state === "verified") {
      return null;
    }
    const isAlive = sink.proofExpiresAt !== null && sink.proofExpiresAt.getTime() > deps.clock.nowMs();
    const isLink = SINK_KIND_FACTS[sink.kind].proof === "link";
    const isSame = timingSafeEqual(Buffer.from(hash), Buffer.from(named.hash));
    return isAlive && isLink && isSame ? run(scope, tx, sink) : null;
  });
}
