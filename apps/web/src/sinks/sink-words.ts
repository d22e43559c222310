import { SINK_KIND_FACTS, type SinkKind, type SinkState } from "@alivemcp/core/sink-kind";
import type { PublicState } from "@alivemcp/core/states";

export const SINK_STATE_WORDS: Readonly<Record<SinkState, string>> = {
  unverified: "not verified yet",
  verified: "receives alerts",
  disabled: "switched off",
};

/** Which of the four marks of the dashboard a sink wears. */
export const SINK_MARKS: Readonly<Record<SinkState, PublicState>> = {
  unverified: "degraded",
  verified: "live",
  disabled: "down",
};

/** What becomes of the earlier message of an incident, as a sentence for who chooses a kind. */
export const FOLLOWS_WORDS: Readonly<Record<(typeof SINK_KIND_FACTS)[SinkKind]["follows"], string>> = {
  edits: "One message per incident, edited as it changes.",
  threads: "One conversation per incident.",
  resolves: "One alert per incident, closed when it is over.",
  repeats: "One message per change of an incident.",
};

export const kindLabel = (kind: SinkKind): string => SINK_KIND_FACTS[kind].label;
