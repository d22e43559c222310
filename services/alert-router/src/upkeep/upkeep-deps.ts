import type { Deps } from "../deps.ts";

/** What upkeep of alerting touches, beside what single tasks name. */
export type UpkeepDeps = Pick<Deps, "pool" | "clock" | "log" | "places" | "deliveryQueue">;
