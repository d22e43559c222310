import { randomUUID } from "node:crypto";
import { advanceIncident } from "@alivemcp/core/advance-incident";
import { advanceBurnRate, type BurnState } from "@alivemcp/core/burn-rate";
import { INCIDENT_RULES } from "@alivemcp/core/incident-decision";
import { noticeMessage } from "@alivemcp/core/notice-message";
import { PLANS } from "@alivemcp/core/plans";
import { type BurnInput, listBurnInputs, saveBurnRate } from "@alivemcp/db/queries/burn-rates-system";
import { listWorkspaceSinks } from "@alivemcp/db/queries/digests-system";
import { lockNewestIncidents } from "@alivemcp/db/queries/incidents-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { AlertRequest } from "../alerts/alert-request.ts";
import { type TellInTransactionDeps, tellInTransaction } from "../alerts/tell-in-transaction.ts";
import { revisionOf } from "../incidents/fold-incident.ts";
import { knownIncidentOf } from "../incidents/known-incident.ts";
import { type IncidentStore, storeRevisions } from "../incidents/store-incidents.ts";
import { promiseMessages } from "./promise-messages.ts";

const PAGE = 200;
const PAGES_MAX = 200;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Judges the error budget of every endpoint with a target. A fast or steady burn is a cause of an incident, a slow one a
 * notice to its owner. What is remembered and what comes of it are one transaction per endpoint.
 */
export async function watchBurnRates(deps: TellInTransactionDeps): Promise<number> {
  const nowMs = deps.clock.nowMs();
  let [afterId, burning] = [FIRST_ID, 0];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const inputs = await listBurnInputs(deps.pool, { nowMs, afterId, limit: PAGE });
    for (const input of inputs) {
      burning += Number(await judge(deps, input, nowMs));
    }
    const last = inputs.at(-1);
    if (last === undefined || inputs.length < PAGE) {
      break;
    }
    afterId = last.endpointId;
  }
  return burning;
}

async function judge(deps: TellInTransactionDeps, input: BurnInput, nowMs: number): Promise<boolean> {
  const { before } = input;
  const { next } = advanceBurnRate(before, { ...input, plan: PLANS[input.plan] }, nowMs);
  if (next === before) {
    return next !== null;
  }
  await tellInTransaction(deps, async (client, atMs) => {
    await saveBurnRate(client, { endpointId: input.endpointId, next });
    if (next?.pace === "slow" && before === null) {
      await noticeSlowBurn(deps, client, { input, atMs });
    }
    return isPaged(next) === isPaged(before)
      ? []
      : setCause({ client, metrics: deps.metrics }, input.endpointId, isPaged(next), atMs);
  });
  return next !== null;
}

const isPaged = (state: BurnState | null): boolean => state !== null && state.pace !== "slow";

async function setCause(
  store: IncidentStore,
  endpointId: string,
  isRaised: boolean,
  atMs: number,
): Promise<readonly AlertRequest[]> {
  const [row] = await lockNewestIncidents(store.client, { endpointIds: [endpointId], resolvedAfterMs: atMs });
  const known = row === undefined ? null : knownIncidentOf(row);
  const update = { kind: "cause", cause: "burn_rate", isRaised, atMs } as const;
  const decision = advanceIncident(known, update, atMs, INCIDENT_RULES);
  const revision = revisionOf(decision, known, { endpointId, simulatedFor: null }, randomUUID);
  return storeRevisions(store, revision === null ? [] : [revision], atMs);
}

/** A ticket, not a page: the sweeper finds it. */
async function noticeSlowBurn(
  deps: TellInTransactionDeps,
  client: PoolClient,
  { input, atMs }: { readonly input: BurnInput; readonly atMs: number },
): Promise<void> {
  const sinks = await listWorkspaceSinks(client, { tenantIds: [input.tenantId], severity: "P3" });
  const dedupKey = `burn:${input.endpointId}:${atMs}`;
  const home = `${deps.places.appUrl}/w/${encodeURIComponent(input.workspaceSlug)}`;
  const message = noticeMessage({
    dedupKey,
    title: `${input.name.slice(0, 90)} uses up its error budget`,
    summary:
      "Over the last three days it was down for longer than its target allows, and it still is at times. " +
      "If that goes on, the target of the month is missed.",
    atMs,
    facts: [{ label: "Target", value: `${Math.floor((input.sloTarget ?? 0) * 1e4) / 100} %` }],
    links: [{ label: "Endpoint", url: `${home}/endpoints/${encodeURIComponent(input.slug)}` }],
  });
  await promiseMessages(
    client,
    sinks.map((sink) => ({ sink, alertKey: dedupKey, message })),
    atMs,
  );
}
