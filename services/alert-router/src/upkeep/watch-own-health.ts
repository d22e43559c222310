import { noticeMessage } from "@alivemcp/core/notice-message";
import {
  judgeOwnHealth,
  type OwnHealthChange,
  type OwnHealthFigures,
  ownHealthMemorySchema,
  ownHealthTitle,
} from "@alivemcp/core/own-health";
import { regionKey } from "@alivemcp/core/pipeline";
import { readRegionHeartbeat } from "@alivemcp/core/region-heartbeat";
import type { QueuedDelivery } from "@alivemcp/db/queries/deliveries-system";
import { listWorkspaceSinks } from "@alivemcp/db/queries/digests-system";
import {
  findWorkspaceId,
  lockUpkeepMemory,
  readSendingFigures,
  saveUpkeepMemory,
} from "@alivemcp/db/queries/own-health-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import { enqueueDeliveries } from "../deliver/enqueue-deliveries.ts";
import type { Deps } from "../deps.ts";
import { promiseMessages } from "./promise-messages.ts";
import { readStreamHealth } from "./stream-health.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

const TASK = "own-health";
const WINDOW_MS = 15 * 60_000;

export type OwnHealthDeps = UpkeepDeps &
  Pick<Deps, "redis" | "regions"> & {
    readonly config: Pick<Deps["config"], "OPERATORS_WORKSPACE">;
    readonly tally: Pick<Deps["tally"], "suspected">;
  };

/**
 * Judges our own service and tells the operators what became bad and what is over, through the sinks of their workspace.
 * What is remembered and what is told are one transaction: a crash leaves both undone, a second run finds nothing new.
 */
export async function watchOwnHealth(deps: OwnHealthDeps): Promise<readonly OwnHealthChange[]> {
  const nowMs = deps.clock.nowMs();
  const figures = await readFigures(deps, nowMs);
  const { changes, queued } = await inTransaction(deps.pool, async (client) => {
    const memory = ownHealthMemorySchema.safeParse(
      await lockUpkeepMemory(client, { task: TASK, atMs: nowMs }),
    );
    const decision = judgeOwnHealth(memory.success ? memory.data : {}, figures, nowMs);
    await saveUpkeepMemory(client, { task: TASK, memory: decision.next, atMs: nowMs });
    const told = await tellOperators(deps, client, decision.changes, nowMs);
    return { changes: decision.changes, queued: told };
  });
  for (const { finding, kind, sentence } of changes) {
    deps.log[kind === "raised" ? "error" : "info"]({ finding, kind }, sentence);
  }
  await enqueueDeliveries(deps, queued);
  return changes;
}

async function readFigures(deps: OwnHealthDeps, nowMs: number): Promise<OwnHealthFigures> {
  const [sending, { lagMs }, beats] = await Promise.all([
    readSendingFigures(deps.pool, { atMs: nowMs, sinceMs: nowMs - WINDOW_MS }),
    readStreamHealth(deps, nowMs),
    Promise.all(deps.regions.map((region) => deps.redis.get(regionKey(region)))),
  ]);
  return {
    ...sending,
    routerLagMs: lagMs,
    regionsMissing: deps.regions.filter((_, n) => readRegionHeartbeat(beats[n] ?? null, nowMs) === null),
    regionsSuspected: [...deps.tally.suspected(nowMs)],
  };
}

async function tellOperators(
  deps: OwnHealthDeps,
  client: PoolClient,
  changes: readonly OwnHealthChange[],
  nowMs: number,
): Promise<readonly QueuedDelivery[]> {
  const slug = deps.config.OPERATORS_WORKSPACE;
  if (changes.length === 0 || slug === undefined) {
    return [];
  }
  const tenantId = await findWorkspaceId(client, slug);
  if (tenantId === null) {
    deps.log.error({ slug }, "OPERATORS_WORKSPACE names no workspace: nobody is told");
    return [];
  }
  const sinks = await listWorkspaceSinks(client, { tenantIds: [tenantId], severity: "P1" });
  const home = `${deps.places.appUrl}/w/${encodeURIComponent(slug)}`;
  const messages = changes.flatMap((change) => {
    const dedupKey = `health:${change.finding}:${change.raisedAtMs}`;
    const title = ownHealthTitle(change.finding);
    const message = noticeMessage({
      dedupKey,
      title: change.kind === "raised" ? title : `Over: ${title}`,
      summary: change.sentence,
      atMs: nowMs,
      facts: [{ label: "Since", value: new Date(change.raisedAtMs).toISOString() }],
      links: [{ label: "Dashboard", url: home }],
    });
    return sinks.map((sink) => ({ sink, alertKey: `${dedupKey}:${change.kind}`, message }));
  });
  return promiseMessages(client, messages, nowMs);
}
