import type { ProbeDeps } from "@alivemcp/probe/probe-deps";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Queue } from "@alivemcp/runtime/queues";
import type { Redis } from "@alivemcp/runtime/redis";

/** What the verbs need of the process that runs them. */
export interface ActionDeps {
  /** Logs in as `app`. */
  readonly pool: Pool;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  /** Resolves and judges what people give as a URL; nothing is probed here. */
  readonly target: Pick<ProbeDeps, "guard" | "resolve">;
  /** One per region, in the manifest's order. */
  readonly probeQueues: ReadonlyMap<string, Queue>;
  /** Signs the tickets of jobs whose endpoint has a credential: `signingKey(config.TICKET_KEY)`. */
  readonly ticketKey: string;
}
