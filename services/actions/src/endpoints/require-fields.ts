import { AppError } from "@alivemcp/core/app-error";
import type { EndpointFields } from "@alivemcp/core/endpoint-input";
import type { HealthUrl } from "@alivemcp/core/health-url";
import { checkHealthUrls } from "@alivemcp/core/health-url";
import { findPatternProblem } from "@alivemcp/probe/pattern-matcher";
import { registrableDomain } from "@alivemcp/probe/registrable-domain";
import type { ActionDeps } from "../action-deps.ts";

/** Throws `invalid` when a region is not one of this installation's. */
export function requireRegions(deps: Pick<ActionDeps, "probeQueues">, fields: EndpointFields): void {
  const installed = [...deps.probeQueues.keys()];
  const stranger = fields.regions?.find((region) => !installed.includes(region));
  if (stranger !== undefined) {
    throw new AppError({
      code: "invalid",
      internal: "unknown region",
      public: `There is no such region. The regions are ${installed.join(", ")}.`,
      field: "regions",
    });
  }
}

/** Throws `invalid` when a pattern of an assertion cannot be used. */
export function requirePatterns({ health }: EndpointFields): void {
  const assertions = health === undefined || health.kind === "never" ? [] : (health.assertions ?? []);
  for (const [index, assertion] of assertions.entries()) {
    const problem = assertion.kind === "matches" ? findPatternProblem(assertion.pattern) : null;
    if (problem !== null) {
      throw new AppError({
        code: "invalid",
        internal: "pattern refused",
        public: problem,
        field: `health.assertions.${index}.pattern`,
      });
    }
  }
}

/** The health URLs in their normal form; throws `invalid` when one does not belong to the endpoint's domain. */
export function acceptHealthUrls(
  target: { readonly url: string; readonly registrableDomain: string },
  healthUrls: readonly HealthUrl[],
): HealthUrl[] {
  const checked = checkHealthUrls(target, healthUrls, registrableDomain);
  if (checked.kind === "refused") {
    throw new AppError({
      code: "invalid",
      internal: "health URL refused",
      public: checked.message,
      field: `health_urls.${checked.index}.url`,
    });
  }
  return [...checked.healthUrls];
}
