import type { Actor } from "@alivemcp/core/permissions";

/** Who did it, as rows of alerting keep it: `member <id>`, `api-key <id>`, `sink <id>` for who answered from a channel. */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case "member":
      return `member ${actor.userId}`;
    case "api-key":
      return `api-key ${actor.keyId}`;
    case "operator":
      return "operator";
    case "system":
      return actor.job;
  }
}
