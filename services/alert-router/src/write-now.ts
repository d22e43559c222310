import { type EndpointState, shownReason } from "@alivemcp/core/endpoint-state";
import { STATE_RULES } from "@alivemcp/core/endpoint-state-rules";
import { COMMITTED_FIELDS, formatConfirming } from "@alivemcp/core/now-fields";
import { nowKey } from "@alivemcp/core/pipeline";
import { ENDPOINT_FLAGS, type EndpointFlag } from "@alivemcp/core/public-status";
import type { Redis } from "@alivemcp/runtime/redis";
import { confirmingOf } from "./decide.ts";

/**
 * Writes the router's fields of `now:{…}` as the states say, `confirming` included: what Redis lost comes back, what a
 * holder that died left behind goes. All commands of one call travel together.
 */
export async function writeNow(
  redis: Redis,
  endpoints: readonly { readonly endpointId: string; readonly state: EndpointState }[],
): Promise<void> {
  await Promise.all(
    endpoints.flatMap(({ endpointId, state }) => {
      const key = nowKey(endpointId);
      const confirming = confirmingOf(state);
      const fields = redis.hset(key, fieldsOf(state));
      return confirming === null
        ? [fields, redis.hdel(key, COMMITTED_FIELDS.confirming)]
        : [fields, redis.hset(key, COMMITTED_FIELDS.confirming, formatConfirming(confirming))];
    }),
  );
}

function fieldsOf(state: EndpointState): Record<string, string> {
  const isFlag = (mark: string) => ENDPOINT_FLAGS.includes(mark as EndpointFlag);
  return {
    [COMMITTED_FIELDS.state]: state.committed,
    [COMMITTED_FIELDS.sinceAtMs]: String(state.sinceAtMs),
    // The reason is the newest one whatever thresholds the owner chose.
    [COMMITTED_FIELDS.reason]: shownReason(state, STATE_RULES) ?? "",
    [COMMITTED_FIELDS.flags]: state.marks.filter(isFlag).join(","),
    [COMMITTED_FIELDS.warnings]: state.marks.filter((mark) => !isFlag(mark)).join(","),
  };
}
