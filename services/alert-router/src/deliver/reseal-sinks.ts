import { listOldlySealedSinks, resealSink } from "@alivemcp/db/queries/sinks-system";
import { openSettings, type SealedSettings, sealSettings } from "@alivemcp/runtime/sink-keys";
import type { DeliverDeps } from "./deliver-deps.ts";

const PAGE = 200;
/** Sinks looked at in one round; the rest come in the next. */
const ROUND_MAX = 10_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Seals what lies under an older key to the newest, so that the older one can be thrown away. What no key here opens is
 * left as it is and counted.
 */
export async function resealSinks(
  deps: Pick<DeliverDeps, "pool" | "sinkKeys">,
): Promise<{ readonly resealed: number; readonly unreadable: number }> {
  const [newest] = deps.sinkKeys;
  let resealed = 0;
  let unreadable = 0;
  for (let afterId = FIRST_ID, seen = 0; newest !== undefined && seen < ROUND_MAX; ) {
    const page = await listOldlySealedSinks(deps.pool, { keyId: newest.id, afterId, limit: PAGE });
    for (const sink of page) {
      const settings = openSettings(deps.sinkKeys, sink as typeof sink & SealedSettings);
      if (settings === null) {
        unreadable += 1;
        continue;
      }
      const { sealed, sealingKeyId } = sealSettings(newest, settings, sink);
      resealed += Number(await resealSink(deps.pool, { ...sink, resealed: sealed, newKeyId: sealingKeyId }));
    }
    const last = page.at(-1);
    if (last === undefined) {
      break;
    }
    afterId = last.sinkId;
    seen += page.length;
  }
  return { resealed, unreadable };
}
