import { AppError } from "@alivemcp/core/app-error";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import { countAudited } from "@alivemcp/db/queries/audit-log";
import { cancelPendingProofs, insertDelivery } from "@alivemcp/db/queries/deliveries";
import { type SinkRow, updateSink } from "@alivemcp/db/queries/sinks";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { verificationMessage } from "./sink-messages.ts";
import { makeProof } from "./sink-proof.ts";

const HOUR_MS = 3_600_000;
/** A sink is proven in one go; a workspace sets up many, but nobody's mailbox or channel is flooded by way of it. */
const PER_SINK_HOUR_MAX = 5;
const PER_WORKSPACE_HOUR_MAX = 30;
/** Deeds after which a proof went out. Counted in the audit log: deleting a sink gives nobody another try. */
const PROVING_DEEDS = ["sink.create", "sink.replace_settings", "sink.verify", "sink.enable"];

/**
 * Makes a new proof of a sink, which ends the one before, and promises the message that carries it. Inside `change`.
 * Throws `rate_limited` after 5 within an hour for one sink, 30 for the workspace.
 */
export async function sendProof(
  deps: Pick<ActionDeps, "clock" | "appUrl" | "apiUrl">,
  caller: Caller,
  tx: Tx,
  { sink, tenant }: { readonly sink: SinkRow; readonly tenant: Tenant },
): Promise<SinkRow> {
  const { scope } = caller;
  const nowMs = deps.clock.nowMs();
  const at = new Date(nowMs);
  const since = new Date(nowMs - HOUR_MS);
  const ofSink = await countAudited(scope, tx, { actions: PROVING_DEEDS, targetId: sink.id, since });
  const ofAll = await countAudited(scope, tx, { actions: PROVING_DEEDS, targetId: null, since });
  if (ofSink >= PER_SINK_HOUR_MAX || ofAll >= PER_WORKSPACE_HOUR_MAX) {
    throw new AppError({
      code: "rate_limited",
      internal: "proofs of the hour are spent",
      public: `A sink can be verified anew ${PER_SINK_HOUR_MAX} times an hour, and ${PER_WORKSPACE_HOUR_MAX} times an hour in one workspace.`,
      retryAfterS: HOUR_MS / 1_000,
    });
  }
  const proof = makeProof({ sinkId: sink.id, kind: sink.kind, nowMs, apiUrl: deps.apiUrl });
  const change = { proofHash: proof.hash, proofExpiresAt: new Date(proof.expiresAtMs), proofTries: 0 };
  const waiting = await updateSink(scope, tx, { id: sink.id, change, at });
  await cancelPendingProofs(scope, tx, { sinkId: sink.id, at });
  const message = verificationMessage(
    {
      sinkId: sink.id,
      kind: sink.kind,
      name: sink.name,
      workspace: tenant,
      appUrl: deps.appUrl,
      atMs: nowMs,
    },
    proof,
  );
  await insertDelivery(scope, tx, {
    sinkId: sink.id,
    incidentTenantId: null,
    endpointId: null,
    alertKey: `verification:${proof.hash.slice(0, 32)}`,
    dedupKey: message.dedupKey,
    severity: null,
    message,
    atMs: nowMs,
    deadlineAtMs: deadlineAtMsOf("verification", sink.kind, nowMs),
    resendOf: null,
  });
  return waiting ?? sink;
}
