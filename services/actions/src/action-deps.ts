import type { SharedProbeDeps } from "@alivemcp/probe/probe-deps";
import type { ResolveTxt } from "@alivemcp/probe/resolve-txt";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Queue } from "@alivemcp/runtime/queues";
import type { Redis } from "@alivemcp/runtime/redis";
import type { SinkPublicKey } from "@alivemcp/runtime/sink-keys";

/** What the verbs need of the process that runs them. */
export interface ActionDeps {
  /** Logs in as `app`. */
  readonly pool: Pool;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  /** Judges what people give as a URL, and looks for the proofs of a claim; regular probes run elsewhere. */
  readonly target: SharedProbeDeps;
  readonly resolveTxt: ResolveTxt;
  /** Where somebody writes who finds their endpoint claimed by another; null: nowhere named. */
  readonly claimsContact: string | null;
  /** One per region, in the manifest's order. */
  readonly probeQueues: ReadonlyMap<string, Queue>;
  /** Signs the tickets of jobs whose endpoint has a credential: `signingKey(config.TICKET_KEY)`. */
  readonly ticketKey: string;
  /** Seals what people enter for their sinks; only who sends can open that. */
  readonly sinkPublicKey: SinkPublicKey;
  /** Base URL of the dashboard, without a slash at its end: links in messages begin with it. */
  readonly appUrl: string;
  /** Base URL of the public pages. */
  readonly publicUrl: string;
  /** Base URL of the API, where the pages are that a mail leads strangers to. */
  readonly apiUrl: string;
}
