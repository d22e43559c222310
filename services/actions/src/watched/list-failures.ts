import { AppError } from "@alivemcp/core/app-error";
import { PLANS } from "@alivemcp/core/plans";
import { type EvidenceRow, listEvidence } from "@alivemcp/db/queries/endpoint-history";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";

const DAY_MS = 86_400_000;

export interface FailurePage {
  readonly endpoint: WatchedEndpoint;
  readonly failures: readonly EvidenceRow[];
  /** `beforeMs` of the next page; null on the last one. */
  readonly nextBeforeMs: number | null;
}

/** Rows asked for: above the number of regions, so that a page always holds a whole minute. */
const ROWS_PER_PAGE = 40;

/**
 * Failed region results of an endpoint of the tenant's own, newest first, older than `beforeMs`. Throws `not_found` for
 * any other slug, those it follows included: what an endpoint answered is its owner's to read.
 */
export async function listFailures(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: { readonly slug: string; readonly beforeMs: number | null },
): Promise<FailurePage> {
  return read(deps, caller, "endpoint.read", async (tx) => {
    const endpoint = await findWatched(caller, tx, input.slug);
    if (endpoint.isFollowed) {
      throw new AppError({
        code: "not_found",
        internal: "evidence of a followed endpoint",
        public: "What this endpoint answered is for its owner to read.",
      });
    }
    const nowMs = deps.clock.nowMs();
    const rows = await listEvidence(caller.scope, tx, {
      endpointNumber: endpoint.number,
      fromMs: nowMs - PLANS.enterprise.minuteHistoryDays * DAY_MS,
      beforeMs: input.beforeMs ?? nowMs + DAY_MS,
      limit: ROWS_PER_PAGE,
    });
    return { endpoint, ...wholeMinutes(rows) };
  });
}

/** A minute that the page cuts through waits for the next one, so that none of its regions is lost between two pages. */
function wholeMinutes(rows: readonly EvidenceRow[]): Pick<FailurePage, "failures" | "nextBeforeMs"> {
  const cutMinuteMs = rows.length < ROWS_PER_PAGE ? null : (rows.at(-1)?.minuteAtMs ?? null);
  const failures = rows.filter(({ minuteAtMs }) => minuteAtMs !== cutMinuteMs);
  return {
    failures,
    nextBeforeMs: cutMinuteMs === null ? null : (failures.at(-1)?.minuteAtMs ?? cutMinuteMs),
  };
}
