import type { SinkKind } from "@alivemcp/core/sink-kind";
import { findSealedSink, findSink, type SinkRow } from "@alivemcp/db/queries/sinks";
import { type TenantScope, type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import { openSettings, type SinkKey } from "@alivemcp/runtime/sink-keys";
import type { ActionDeps } from "../action-deps.ts";
import { SINK_SETTINGS } from "./sink-settings.ts";

/** What only a process with the private keys can do. */
export interface OpeningDeps extends Pick<ActionDeps, "pool" | "clock"> {
  readonly sinkKeys: readonly SinkKey[];
}

export interface OpenedSink {
  readonly sink: SinkRow;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A sink of this kind with its settings, to hold a secret against; null when there is none, or it does not open. */
export function openOwnSink(
  deps: OpeningDeps,
  scope: TenantScope,
  input: { readonly sinkId: string; readonly kind: SinkKind },
): Promise<OpenedSink | null> {
  return withTenant(scope, deps.pool, (tx) => openSinkIn(deps, scope, tx, input));
}

/** The same inside a transaction of the caller's. */
export async function openSinkIn(
  deps: Pick<OpeningDeps, "sinkKeys">,
  scope: TenantScope,
  tx: Tx,
  { sinkId, kind }: { readonly sinkId: string; readonly kind: SinkKind },
): Promise<OpenedSink | null> {
  const sink = await findSink(scope, tx, sinkId);
  const sealed = await findSealedSink(scope, tx, sinkId);
  if (sink === null || sealed === null || sink.kind !== kind) {
    return null;
  }
  const settings = openSettings(deps.sinkKeys, {
    sealed: sealed.sealed as never,
    sealingKeyId: sealed.sealingKeyId,
    version: sealed.version,
    tenantId: scope.tenantId,
    sinkId,
  });
  const parsed = SINK_SETTINGS[kind].schema.safeParse(settings);
  return parsed.success ? { sink, settings: parsed.data } : null;
}
