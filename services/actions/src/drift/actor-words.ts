import type { Actor } from "@alivemcp/core/permissions";

/** Who did it, where no name is kept: the audit log knows the person. */
export function actorWords(actor: Actor): string {
  switch (actor.kind) {
    case "member":
      return "a member of the workspace";
    case "api-key":
      return "an API key of the workspace";
    case "operator":
      return "an operator of AliveMCP";
    case "system":
      return actor.job;
  }
}
