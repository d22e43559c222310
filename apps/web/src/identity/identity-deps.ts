import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Mailer } from "@alivemcp/runtime/mail";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { Redis } from "@alivemcp/runtime/redis";
import type { Config } from "../config.ts";
import type { Auth } from "./create-auth.ts";
import type { SignInLimits } from "./sign-in-limits.ts";

/** What the steps of signing in need of the process. */
export interface IdentityDeps {
  readonly auth: Auth;
  readonly limits: SignInLimits;
  readonly mailer: Mailer;
  /** Logs in as `identity`. */
  readonly identityPool: Pool;
  /** Logs in as `app`: makes a person's first workspace. */
  readonly pool: Pool;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Config;
}
