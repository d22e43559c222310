import { timingSafeEqual } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { SINK_KIND_FACTS } from "@alivemcp/core/sink-kind";
import { findProofHash, type SinkRow, updateSink } from "@alivemcp/db/queries/sinks";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getSinkIn } from "./get-sink.ts";
import { sendProof } from "./send-proof.ts";
import { codeHash, PROOF_TRIES_MAX } from "./sink-proof.ts";

type ProofDeps = Pick<ActionDeps, "pool" | "clock" | "appUrl" | "apiUrl">;

/** Sends another proof; the one before ends. Throws `conflict` for a verified sink, `rate_limited` after 5 in an hour. */
export function startVerification(deps: ProofDeps, caller: Caller, id: string): Promise<SinkRow> {
  return change(deps, caller, "sink.write", async (tx, tenant) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    if (sink.state === "verified") {
      throw new AppError({
        code: "conflict",
        internal: "sink is verified",
        public: "This sink is verified already.",
      });
    }
    const waiting = await sendProof(deps, caller, tx, { sink, tenant });
    return { result: waiting, audit: { deed: "sink.verify", targetKind: "sink", targetId: id } };
  });
}

/** A disabled sink is asked for its proof again; the proof switches it on. Throws `conflict` unless it is disabled. */
export function enableSink(deps: ProofDeps, caller: Caller, id: string): Promise<SinkRow> {
  return change(deps, caller, "sink.write", async (tx, tenant) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    if (sink.state !== "disabled") {
      throw new AppError({
        code: "conflict",
        internal: "sink is not disabled",
        public: "This sink is not disabled.",
      });
    }
    const again = await updateSink(caller.scope, tx, {
      id,
      change: {
        state: "unverified",
        verifiedAt: null,
        disabledAt: null,
        disabledReason: null,
        failuresInARow: 0,
      },
      at: new Date(deps.clock.nowMs()),
    });
    const waiting = await sendProof(deps, caller, tx, { sink: again ?? sink, tenant });
    return { result: waiting, audit: { deed: "sink.enable", targetKind: "sink", targetId: id } };
  });
}

type CodeOutcome =
  | { readonly kind: "verified"; readonly sink: SinkRow }
  | { readonly kind: "wrong"; readonly triesLeft: number }
  | { readonly kind: "ended" };

/**
 * Verifies a sink by the code that was posted there. A wrong one counts, and after 5 the code is worth nothing; another
 * sink's code is a wrong one. Throws `invalid` naming `code`, `conflict` when no code waits any more.
 */
export async function confirmSinkCode(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  { id, code }: { readonly id: string; readonly code: string },
): Promise<SinkRow> {
  // Counted and committed first: what throws inside would undo the count.
  const outcome = await change(deps, caller, "sink.write", async (tx) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    const judged = await judgeCode(deps, caller, tx, { sink, code });
    const audit =
      judged.kind === "verified"
        ? { deed: "sink.confirm", targetKind: "sink", targetId: id, content: { version: sink.version } }
        : null;
    return { result: judged, audit };
  });
  switch (outcome.kind) {
    case "verified":
      return outcome.sink;
    case "wrong":
      throw new AppError({
        code: "invalid",
        internal: "wrong code",
        public: `This is not the code that was sent there. ${triesWords(outcome.triesLeft)}`,
        field: "code",
      });
    case "ended":
      throw new AppError({
        code: "conflict",
        internal: "no code waits",
        public: "The code that was sent there works no more. Send another one.",
        field: "code",
      });
  }
}

const triesWords = (left: number) =>
  left === 0 ? "Send another one." : left === 1 ? "You have one more try." : `You have ${left} more tries.`;

async function judgeCode(
  deps: Pick<ActionDeps, "clock">,
  { scope }: Caller,
  tx: Tx,
  { sink, code }: { readonly sink: SinkRow; readonly code: string },
): Promise<CodeOutcome> {
  if (sink.state === "verified") {
    return { kind: "verified", sink };
  }
  const at = new Date(deps.clock.nowMs());
  const hash = await findProofHash(scope, tx, sink.id);
  const isTyped = SINK_KIND_FACTS[sink.kind].proof !== "link";
  const isAlive = hash !== null && sink.proofExpiresAt !== null && sink.proofExpiresAt > at;
  if (!isTyped || !isAlive || sink.proofTries >= PROOF_TRIES_MAX) {
    return { kind: "ended" };
  }
  if (timingSafeEqual(Buffer.from(hash), Buffer.from(codeHash(sink.id, code)))) {
    return { kind: "verified", sink: await markVerified({ scope }, tx, { sink, at }) };
  }
  const proofTries = sink.proofTries + 1;
  await updateSink(scope, tx, { id: sink.id, change: { proofTries }, at });
  return { kind: "wrong", triesLeft: PROOF_TRIES_MAX - proofTries };
}

/** From now on alerts go there; the proof is used up. */
export async function markVerified(
  { scope }: Pick<Caller, "scope">,
  tx: Tx,
  { sink, at }: { readonly sink: SinkRow; readonly at: Date },
): Promise<SinkRow> {
  const verified = await updateSink(scope, tx, {
    id: sink.id,
    change: {
      state: "verified",
      verifiedAt: at,
      proofHash: null,
      proofExpiresAt: null,
      proofTries: 0,
      disabledAt: null,
      disabledReason: null,
      failuresInARow: 0,
    },
    at,
  });
  return verified ?? sink;
}
