import { isEmptyToolList } from "@alivemcp/core/drift-debounce";
import { regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { decideRelease, type ReleaseDecision } from "@alivemcp/core/release-window";
import { acceptDriftEvents } from "@alivemcp/db/queries/drift-events-system";
import {
  type EndedRelease,
  listEndedReleases,
  settleRelease,
} from "@alivemcp/db/queries/release-windows-system";
import {
  type EndpointToolLists,
  listEndpointToolLists,
  setBaseline,
} from "@alivemcp/db/queries/tool-lists-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { Deps } from "./deps.ts";

type SettleDeps = Pick<Deps, "upkeepPool" | "clock" | "regions">;

/** Releases looked at in one run; the longest waiting come first, so that none waits for ever. */
const RELEASES_MAX = 500;

/** Ends every announced release that is over: what its regions agree on is the new baseline, or the reason why not is kept. */
export async function settleReleases(deps: SettleDeps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const releases = await listEndedReleases(deps.upkeepPool, { endedBeforeMs: nowMs, limit: RELEASES_MAX });
  const known = await listEndpointToolLists(
    deps.upkeepPool,
    releases.map(({ endpointId }) => endpointId),
  );
  const listsOf = new Map(known.map((lists) => [lists.endpointId, lists]));
  for (const release of releases) {
    const lists = listsOf.get(release.endpointId);
    if (lists !== undefined) {
      await settleOne(deps, release, lists, nowMs);
    }
  }
}

async function settleOne(
  deps: SettleDeps,
  release: EndedRelease,
  { baseline, byRegion }: EndpointToolLists,
  nowMs: number,
): Promise<void> {
  const { cadenceMs, announced } = release;
  const regions = regionsOfEndpoint(release, deps.regions);
  const facts = { cadenceMs, baseline, regions, byRegion, announced: new Set(announced) };
  const decision = decideRelease(release, facts, nowMs);
  if (decision.kind !== "wait") {
    await inTransaction(deps.upkeepPool, (client) =>
      write(client, release, decision, baseline?.era ?? null, nowMs),
    );
  }
}

async function write(
  client: Parameters<typeof setBaseline>[0],
  { id, endpointId }: EndedRelease,
  decision: Exclude<ReleaseDecision, { kind: "wait" }>,
  era: Parameters<typeof setBaseline>[1]["era"],
  nowMs: number,
): Promise<void> {
  const isOurs = await settleRelease(client, { id, atMs: nowMs, reason: decision.reason });
  if (isOurs && decision.kind === "accept") {
    const { list } = decision;
    await setBaseline(client, {
      endpointId,
      list,
      era,
      atMs: nowMs,
      isEmpty: isEmptyToolList(list),
      isFirst: false,
    });
    await acceptDriftEvents(client, { endpointId, throughMs: nowMs, acceptedBy: "announced release" });
  }
}
