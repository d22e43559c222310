import {
  listSubscribersToReseal,
  resealSubscriber,
  tidySubscribers,
} from "@alivemcp/db/queries/subscribers-system";
import type { SealedSettings } from "@alivemcp/runtime/sink-keys";
import { openSubscriber, sealSubscriber } from "@alivemcp/runtime/subscriber-box";
import type { SubscriberDeps } from "./subscriber-deps.ts";

/** What was told of an incident is kept so long after its end. */
const OVER_KEPT_MS = 30 * 86_400_000;
const RESEALED_AT_ONCE = 500;

/** Forgets who never confirmed and what is long over; seals addresses anew to the newest key, so that old ones can go. */
export async function tendSubscribers(deps: SubscriberDeps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const gone = await tidySubscribers(deps.pool, {
    unconfirmedBefore: new Date(nowMs),
    overBefore: new Date(nowMs - OVER_KEPT_MS),
  });
  if (gone.subscribers + gone.deliveries > 0) {
    deps.log.info(gone, "subscribers tidied");
  }
  const [newest] = deps.config.SINK_KEY;
  if (newest === undefined) {
    return;
  }
  const rows = await listSubscribersToReseal(deps.pool, { keyId: newest.id, limit: RESEALED_AT_ONCE });
  for (const { id, sealed, sealingKeyId } of rows) {
    const target = openSubscriber(deps.config.SINK_KEY, id, { sealed, sealingKeyId } as SealedSettings);
    if (target !== null) {
      await resealSubscriber(deps.pool, { id, ...sealSubscriber(newest, id, target) });
    }
  }
}
