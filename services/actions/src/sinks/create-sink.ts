import { randomUUID } from "node:crypto";
import { plainText } from "@alivemcp/core/plain-text";
import { SINK_KINDS } from "@alivemcp/core/sink-kind";
import { countSinks, insertSink, type SinkRow } from "@alivemcp/db/queries/sinks";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePermission } from "../require-permission.ts";
import { requirePlanFeature } from "../require-plan-feature.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { type AcceptedSettings, acceptSettings } from "./accept-settings.ts";
import { sendProof } from "./send-proof.ts";

export const sinkNameSchema = plainText(100);

/** Settings by name, as `SINK_SETUPS` of services/sinks lists them for each kind. */
export const sinkSettingsSchema = z.record(z.string().max(60), z.string().max(4_096));

/** Body of "add a sink", in the words of the REST API. */
export const newSinkSchema = z.strictObject({
  kind: z.enum(SINK_KINDS, { error: `The kind is one of ${SINK_KINDS.join(", ")}.` }),
  name: sinkNameSchema,
  settings: sinkSettingsSchema,
});
export type NewSinkInput = z.output<typeof newSinkSchema>;

export type SinkDeps = Pick<ActionDeps, "pool" | "clock" | "target" | "sinkPublicKey" | "appUrl" | "apiUrl">;

export interface SinkWithSecret {
  readonly sink: SinkRow;
  /** Of a webhook: what its messages are signed with, shown this once. */
  readonly secret: string | null;
}

/**
 * Adds a sink and sends its proof there: unverified, it gets nothing else. Throws `invalid` naming `settings.<field>`,
 * `limit_reached` when the plan has no room or not this kind, `rate_limited` when too many were proven this hour.
 */
export async function createSink(
  deps: SinkDeps,
  caller: Caller,
  input: NewSinkInput,
): Promise<SinkWithSecret> {
  requirePermission(caller, "sink.write");
  const accepted = await acceptSettings(deps, input.kind, input.settings);
  return change(deps, caller, "sink.write", async (tx, tenant) => {
    if (input.kind !== "email") {
      requirePlanFeature(tenant.plan, "everySinkKind", "kind");
    }
    const wanted = (await countSinks(caller.scope, tx)) + 1;
    requirePlanLimit(tenant.plan, "sinksMax", { wanted, field: "kind" });
    const { name, kind } = input;
    const added = await insertSink(caller.scope, tx, {
      ...sealedSink(deps, caller, accepted),
      kind,
      name,
      isDefault: false,
      verifiedAt: null,
    });
    const sink = await sendProof(deps, caller, tx, { sink: added, tenant });
    return {
      result: { sink, secret: accepted.secret },
      audit: { deed: "sink.create", targetKind: "sink", targetId: sink.id, content: { kind, name } },
    };
  });
}

/** The columns that hold a new sink's settings, bound to its id. */
export function sealedSink(
  deps: Pick<ActionDeps, "sinkPublicKey" | "clock">,
  caller: Caller,
  accepted: Pick<AcceptedSettings, "settings" | "shown">,
) {
  const id = randomUUID();
  const binding = { tenantId: caller.scope.tenantId, sinkId: id, version: 1 };
  return {
    id,
    ...sealSettings(deps.sinkPublicKey, accepted.settings, binding),
    shown: accepted.shown,
    createdBy: caller.actor.kind === "member" ? caller.actor.userId : null,
    createdAt: new Date(deps.clock.nowMs()),
  };
}
