import { AppError } from "@alivemcp/core/app-error";
import { normalizedUrl } from "@alivemcp/core/endpoint-url";
import type { EndpointTarget } from "@alivemcp/db/queries/endpoints";
import { checkTarget } from "@alivemcp/probe/check-target";
import type { ActionDeps } from "../action-deps.ts";

/** A URL that may be watched, with what follows from it. Throws `invalid` naming the field `url` otherwise. */
export async function acceptTarget(deps: Pick<ActionDeps, "target">, text: string): Promise<EndpointTarget> {
  const target = await checkTarget(deps.target, text);
  if (target.kind === "refused") {
    throw new AppError({
      code: "invalid",
      internal: target.reason,
      public: target.message,
      field: target.field,
    });
  }
  const url = new URL(target.url);
  return {
    url: url.href,
    normalizedUrl: normalizedUrl(url),
    host: url.hostname,
    registrableDomain: target.registrableDomain,
  };
}
