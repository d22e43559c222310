import { AppError } from "@alivemcp/core/app-error";
import type { StartBudget } from "@alivemcp/core/start-budget";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { getEndpointIn } from "./get-endpoint.ts";
import { type ProbeRequest, requestProbe } from "./request-probe.ts";

const MINUTE_MS = 60_000;
const RETRY_AFTER_S = 60;

/** Probes out of turn that one workspace may ask for in one minute, over all its endpoints. */
const tenantBudget = (tenantId: string, atMs: number): StartBudget => ({
  key: `starts:now:${tenantId}:${Math.floor(atMs / MINUTE_MS)}`,
  max: 30,
  lifeS: 120,
});

/**
 * Probes one endpoint of the tenant now, from all its regions. Throws `rate_limited` when the workspace or the host has
 * had its share of this minute, `conflict` while the endpoint is paused, `upstream` while the queues are away.
 */
export async function requestProbeOf(
  deps: ActionDeps,
  caller: Caller,
  slugOrId: string,
): Promise<{ endpoint: EndpointRow; request: Extract<ProbeRequest, { kind: "requested" }> }> {
  const endpoint = await read(deps, caller, "endpoint.probe_now", (tx) =>
    getEndpointIn(caller.scope, tx, slugOrId),
  );
  if (endpoint.pausedAt !== null) {
    throw new AppError({
      code: "conflict",
      internal: "endpoint is paused",
      public: "This endpoint is paused. Resume it to have it probed.",
    });
  }
  if (!(await fitsTenant(deps, caller.scope.tenantId))) {
    throw limited("This workspace has asked for 30 probes within a minute. Please wait a little.");
  }
  const request = await requestProbe(deps, caller.scope, endpoint.id);
  switch (request.kind) {
    case "requested":
      return { endpoint, request };
    case "limited":
      throw limited("This host is being probed as often as it may be at the moment. Please wait a little.");
    case "unavailable":
      throw unavailable();
  }
}

function fitsTenant({ redis, clock }: ActionDeps, tenantId: string): Promise<boolean> {
  return reserveStarts(redis, tenantBudget(tenantId, clock.nowMs()), 1).catch((cause: unknown) => {
    throw unavailable(cause);
  });
}

function limited(sentence: string): AppError {
  return new AppError({
    code: "rate_limited",
    internal: "budget of probes out of turn is spent",
    public: sentence,
    retryAfterS: RETRY_AFTER_S,
  });
}

function unavailable(cause?: unknown): AppError {
  return new AppError({
    code: "upstream",
    internal: "the queues cannot be reached",
    public: "No probe can be started at the moment. The next regular one follows by itself.",
    cause,
  });
}
