import type { SinkRow } from "@alivemcp/db/queries/sinks";

/** A sink as forms let people choose it, with why nothing would be sent there. */
export interface SinkChoice {
  readonly id: string;
  readonly label: string;
}

const WHY_NOT = {
  verified: "",
  unverified: " (not verified: nothing is sent there yet)",
  disabled: " (switched off: nothing is sent there)",
} as const;

export const toSinkChoice = ({ id, name, state }: Pick<SinkRow, "id" | "name" | "state">): SinkChoice => ({
  id,
  label: `${name}${WHY_NOT[state]}`,
});
