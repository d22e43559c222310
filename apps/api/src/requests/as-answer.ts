import type { Caller } from "@alivemcp/actions/caller";

/** Whoever may change a thing is shown what became of it, even with a key that may not look around otherwise. */
export const asAnswer = (caller: Caller): Caller => ({
  ...caller,
  actor: { kind: "system", job: "answer of a change" },
});
