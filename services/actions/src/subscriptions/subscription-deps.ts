import type { Clock } from "@alivemcp/runtime/clock";
import type { Mailer } from "@alivemcp/runtime/mail";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { SinkPublicKey } from "@alivemcp/runtime/sink-keys";
import type { TargetHash } from "./target-hash.ts";

/** What verbs of people outside of any workspace need: they have no caller, only what they type and what was mailed. */
export interface SubscriptionDeps {
  /** Logs in as `app`: reads public views. */
  readonly pool: Pool;
  /** Logs in as `identity`: takes, confirms and ends subscriptions. */
  readonly identityPool: Pool;
  readonly clock: Clock;
  readonly mailer: Pick<Mailer, "post">;
  /** Addresses are sealed to it; who sends opens them. */
  readonly sinkKey: SinkPublicKey;
  readonly targetHash: TargetHash;
  /** Base URL of the status app, without a slash at its end. */
  readonly publicUrl: string;
}
