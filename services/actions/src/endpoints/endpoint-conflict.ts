import { AppError } from "@alivemcp/core/app-error";
import type { UrlConflict } from "@alivemcp/db/queries/endpoints";

/**
 * What whoever gives a URL is told when it is watched already: by their own workspace, or by somebody on the board.
 * The facts name the endpoint and what can be done with it; another tenant's hidden endpoint never comes here.
 */
export function urlConflict(conflict: UrlConflict): AppError {
  if (conflict.kind === "already-added") {
    const { slug } = conflict.endpoint;
    return new AppError({
      code: "conflict",
      internal: "the tenant watches this URL",
      public: `You watch this URL already, as ${slug}.`,
      field: "url",
      facts: { existing_slug: slug },
    });
  }
  const { slug, standing } = conflict;
  const canClaim = standing === "unclaimed";
  return new AppError({
    code: "conflict",
    internal: "the URL is on the board",
    public: canClaim
      ? `This URL is on the board already, as ${slug}. Follow it, or claim it if it is yours: nothing is probed twice.`
      : `This URL is on the board already, as ${slug}. Follow it: nothing is probed twice.`,
    field: "url",
    facts: { board_slug: slug, offers: canClaim ? "follow claim" : "follow" },
  });
}
