/** The public help on every failure reason: page `/help/<reason>`, tooltips, and later every alert links it. */
import { NETWORK_HELP } from "./public-help-network.ts";
import { PROTOCOL_HELP } from "./public-help-protocol.ts";
import { SERVICE_HELP } from "./public-help-service.ts";
import type { ReasonHelp } from "./public-help-shape.ts";
import type { FailureReason } from "./states.ts";

/** One entry per reason of the product; the type refuses a reason without help. */
const HELP: Record<FailureReason, ReasonHelp> = { ...NETWORK_HELP, ...PROTOCOL_HELP, ...SERVICE_HELP };

export function publicHelp(reason: FailureReason): ReasonHelp {
  return HELP[reason];
}
