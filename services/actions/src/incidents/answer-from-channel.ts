import { AppError } from "@alivemcp/core/app-error";
import { publicLine } from "@alivemcp/core/public-text";
import { noteInboundEvent } from "@alivemcp/db/queries/inbound-events";
import type { TenantScope } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { acknowledgeIncident, unacknowledgeIncident } from "./acknowledge-incident.ts";

export interface ChannelAnswer {
  readonly sinkId: string;
  /** Names this answer: told again, it counts no second time. At most 100 characters. */
  readonly eventKey: string;
  /** Of the message that was answered: the incident's id. */
  readonly dedupKey: string;
  readonly action: "acknowledge" | "unacknowledge";
  /** Who it was, by the name they chose there. */
  readonly by: string;
}

export type ChannelOutcome = "done" | "repeated" | "nothing-to-answer";

/**
 * An answer that came back from a channel whose secret has been proven, in the name of its sink. The answer and the note
 * that it was taken are one transaction. An incident that is over, gone, or another tenant's is nothing to answer.
 */
export async function answerFromChannel(
  deps: Pick<ActionDeps, "pool" | "clock">,
  scope: TenantScope,
  answer: ChannelAnswer,
): Promise<ChannelOutcome> {
  const { sinkId, eventKey, dedupKey } = answer;
  const facts = { by: publicLine(answer.by, 100) };
  const caller: Caller = {
    scope,
    actor: { kind: "system", job: `sink ${sinkId}` },
    requestId: null,
    address: null,
    async beforeCommit(tx) {
      const at = new Date(deps.clock.nowMs());
      if (!(await noteInboundEvent(scope, tx, { sinkId, eventKey, at }))) {
        throw REPEATED;
      }
    },
  };
  const respond = answer.action === "acknowledge" ? acknowledgeIncident : unacknowledgeIncident;
  try {
    await respond(deps, caller, dedupKey, facts);
    return "done";
  } catch (err) {
    if (err === REPEATED) {
      return "repeated";
    }
    if (err instanceof AppError && (err.code === "not_found" || err.code === "conflict")) {
      return "nothing-to-answer";
    }
    throw err;
  }
}

const REPEATED = new AppError({
  code: "conflict",
  internal: "told before",
  public: "This was told before.",
});
