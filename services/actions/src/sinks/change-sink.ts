import { AppError } from "@alivemcp/core/app-error";
import {
  deleteSink as deleteSinkRow,
  makeDefaultSink,
  type SinkRow,
  updateSink,
} from "@alivemcp/db/queries/sinks";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePermission } from "../require-permission.ts";
import { acceptSettings } from "./accept-settings.ts";
import type { SinkDeps, SinkWithSecret } from "./create-sink.ts";
import { getSink, getSinkIn } from "./get-sink.ts";
import { sendProof } from "./send-proof.ts";

/** Gives a sink another name. */
export function renameSink(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  /** `name` as `sinkNameSchema` has it. */
  { id, name }: { readonly id: string; readonly name: string },
): Promise<SinkRow> {
  return change(deps, caller, "sink.write", async (tx) => {
    const before = await getSinkIn(caller.scope, tx, id);
    if (before.name === name) {
      return { result: before, audit: null };
    }
    const at = new Date(deps.clock.nowMs());
    const sink = await updateSink(caller.scope, tx, { id, change: { name }, at });
    return {
      result: sink ?? before,
      audit: { deed: "sink.rename", targetKind: "sink", targetId: id, content: { name } },
    };
  });
}

/**
 * Replaces what opens a sink: it is unverified again, and its proof goes out. What waits to be sent there waits for the
 * proof. Throws `invalid` naming `settings.<field>`, `rate_limited`.
 */
export async function replaceSinkSettings(
  deps: SinkDeps,
  caller: Caller,
  input: { readonly id: string; readonly settings: Readonly<Record<string, string>> },
): Promise<SinkWithSecret> {
  requirePermission(caller, "sink.write");
  const { kind } = await getSink(deps, { ...caller, actor: { kind: "system", job: "settings" } }, input.id);
  const accepted = await acceptSettings(deps, kind, input.settings);
  return change(deps, caller, "sink.write", async (tx, tenant) => {
    const before = await getSinkIn(caller.scope, tx, input.id);
    const version = before.version + 1;
    const binding = { tenantId: caller.scope.tenantId, sinkId: before.id, version };
    const changed = await updateSink(caller.scope, tx, {
      id: before.id,
      change: {
        ...sealSettings(deps.sinkPublicKey, accepted.settings, binding),
        shown: accepted.shown,
        version,
        state: "unverified",
        verifiedAt: null,
        disabledAt: null,
        disabledReason: null,
        failuresInARow: 0,
      },
      at: new Date(deps.clock.nowMs()),
    });
    const sink = await sendProof(deps, caller, tx, { sink: changed ?? before, tenant });
    return {
      result: { sink, secret: accepted.secret },
      audit: {
        deed: "sink.replace_settings",
        targetKind: "sink",
        targetId: before.id,
        content: { version, shown: accepted.shown },
      },
    };
  });
}

/**
 * Removes a sink with all that was sent there; rules and escalation policies that name it lose it. Throws `conflict` for
 * the default one: another takes its place first.
 */
export function deleteSink(deps: Pick<ActionDeps, "pool">, caller: Caller, id: string): Promise<null> {
  return change(deps, caller, "sink.write", async (tx) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    if (sink.isDefault) {
      throw new AppError({
        code: "conflict",
        internal: "default sink",
        public:
          "Alerts go here where no rule says otherwise, so it cannot be removed. Make another verified sink the default first, or replace its settings.",
      });
    }
    await deleteSinkRow(caller.scope, tx, id);
    return { result: null, audit: { deed: "sink.delete", targetKind: "sink", targetId: id } };
  });
}

/** Has alerts go there where no rule says otherwise. Throws `conflict` unless it is verified. */
export function chooseDefaultSink(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  id: string,
): Promise<SinkRow> {
  return change(deps, caller, "sink.write", async (tx) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    if (sink.isDefault) {
      return { result: sink, audit: null };
    }
    if (sink.state !== "verified") {
      throw new AppError({
        code: "conflict",
        internal: "unverified default",
        public: "Verify this sink first: alerts would go nowhere.",
      });
    }
    await makeDefaultSink(caller.scope, tx, id);
    return {
      result: { ...sink, isDefault: true },
      audit: { deed: "sink.choose_default", targetKind: "sink", targetId: id, content: { is_default: true } },
    };
  });
}
