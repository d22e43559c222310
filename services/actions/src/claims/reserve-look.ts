import { AppError } from "@alivemcp/core/app-error";
import { checkBudget, type StartBudget } from "@alivemcp/core/start-budget";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";

const MINUTE_MS = 60_000;

/** Looks at proofs that one workspace may ask for in one minute. */
const tenantBudget = (tenantId: string, atMs: number): StartBudget => ({
  key: `starts:proofs:${tenantId}:${Math.floor(atMs / MINUTE_MS)}`,
  max: 10,
  lifeS: 120,
});

/** Counts one look for proofs about `host`. Throws `rate_limited` after ten in a minute, `upstream` without Redis. */
export async function reserveLook(
  { redis, clock }: Pick<ActionDeps, "redis" | "clock">,
  caller: Caller,
  host: string,
): Promise<void> {
  const atMs = clock.nowMs();
  const budgets = [tenantBudget(caller.scope.tenantId, atMs), checkBudget(host, atMs)];
  for (const budget of budgets) {
    const fits = await reserveStarts(redis, budget, 1).catch((cause: unknown) => {
      throw new AppError({
        code: "upstream",
        internal: "budget not countable",
        public: "Proofs cannot be looked for at the moment. Please try again in a minute.",
        cause,
      });
    });
    if (!fits) {
      throw new AppError({
        code: "rate_limited",
        internal: "looks at proofs are spent",
        public: "This was checked ten times within a minute. Please wait a little.",
        retryAfterS: 60,
      });
    }
  }
}
