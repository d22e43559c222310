import { DELIVERY_LIFE_MS } from "@alivemcp/core/delivery-promise";
import { toPublicIncident } from "@alivemcp/core/public-incident";
import { publicLine } from "@alivemcp/core/public-text";
import { decideSubscriberMessage, SUBSCRIBER_POLICY } from "@alivemcp/core/subscriber-debounce";
import { subscriberMessage } from "@alivemcp/core/subscriber-message";
import {
  findPublicIncident,
  insertSubscriberDeliveries,
  listSubscriberCandidates,
  type SubscriberCandidate,
} from "@alivemcp/db/queries/subscribers-system";
import type { SubscriberDeps } from "./subscriber-deps.ts";

type Told = "opened" | "updated" | "resolved";

/**
 * Turns news of public incidents into one promised message per subscriber. Doing it twice, or in two processes at once,
 * promises nothing twice. Returns how many were promised.
 */
export async function promiseSubscriberMessages(deps: SubscriberDeps): Promise<number> {
  const nowMs = deps.clock.nowMs();
  const candidates = await listSubscriberCandidates(deps.pool, { nowMs, policy: SUBSCRIBER_POLICY });
  const news = new Map<string, { told: Told; candidates: SubscriberCandidate[] }>();
  for (const candidate of candidates) {
    const decision = decideSubscriberMessage(candidate.told, candidate, candidate.confirmedAtMs, nowMs);
    if (decision.kind === "send") {
      const key = `${candidate.incidentId} ${decision.message}`;
      const together = news.get(key) ?? { told: decision.message, candidates: [] };
      together.candidates.push(candidate);
      news.set(key, together);
    }
  }
  let promised = 0;
  for (const { told, candidates: to } of news.values()) {
    promised += await promise(deps, { told, to, nowMs });
  }
  return promised;
}

async function promise(
  deps: SubscriberDeps,
  { told, to, nowMs }: { told: Told; to: readonly SubscriberCandidate[]; nowMs: number },
): Promise<number> {
  const [first] = to;
  const stored = first === undefined ? null : await findPublicIncident(deps.pool, first.incidentId);
  if (first === undefined || stored === null) {
    return 0;
  }
  const message = subscriberMessage({
    told,
    incident: toPublicIncident(stored, deps.cityOf),
    endpoint: { slug: first.endpoint.slug, name: publicLine(first.endpoint.name, 120) },
    publicUrl: deps.config.PUBLIC_URL,
    atMs: nowMs,
  });
  return insertSubscriberDeliveries(deps.pool, {
    incidentId: first.incidentId,
    // With how many updates were told: the next message is due when there are more.
    step: `${told}:${first.updates}`,
    message,
    subscriberIds: to.map(({ subscriberId }) => subscriberId),
    after: first.waiting,
    nowMs,
    deadlineMs: DELIVERY_LIFE_MS.digest,
  });
}
