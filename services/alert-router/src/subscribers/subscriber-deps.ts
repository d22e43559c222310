import type { SinkDeps } from "@alivemcp/sinks/sink-client";
import type { Deps } from "../deps.ts";

/** What telling subscribers needs of the process. */
export interface SubscriberDeps extends Pick<Deps, "pool" | "clock" | "log"> {
  readonly config: Pick<Deps["config"], "SINK_KEY" | "PUBLIC_URL" | "API_URL">;
  readonly sinks: SinkDeps;
  /** In [0, 1). */
  readonly dice: () => number;
  readonly cityOf: (region: string) => string;
}
