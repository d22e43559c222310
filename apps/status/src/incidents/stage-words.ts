import type { UpdateStage } from "@alivemcp/core/incident-cause";

/** Stages of what an operator writes, as people read them. */
export const STAGE_WORDS: Readonly<Record<UpdateStage, string>> = {
  investigating: "Investigating",
  identified: "Identified",
  monitoring: "Monitoring",
  resolved: "Resolved",
};
