import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { normalizedUrl } from "@alivemcp/core/endpoint-url";
import { invariant } from "@alivemcp/core/invariant";
import type { Plan } from "@alivemcp/core/plans";
import { endpointSlug } from "@alivemcp/core/slug";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { insertEndpoint } from "@alivemcp/db/queries/endpoints";
import { findTenant } from "@alivemcp/db/queries/tenants";
import type { TenantScope } from "@alivemcp/db/tenant-scope";
import { checkTarget } from "@alivemcp/probe/check-target";
import type { Deps } from "./deps.ts";
import type { EndpointRequest } from "./endpoint-shape.ts";
import { requestProbeNow } from "./request-probe.ts";

type RegisterDeps = Pick<Deps, "pool" | "redis" | "target" | "probeQueues" | "clock" | "log">;

/** Tries of a slug that somebody else may take at the same moment. */
const SLUG_TRIES = 3;

/**
 * Checks a URL, stores the endpoint for the tenant and asks for its first probe. Throws `invalid` naming the field
 * when the URL cannot be watched, `conflict` when it is watched already; then nothing is stored.
 */
export async function registerEndpoint(
  deps: RegisterDeps,
  scope: TenantScope,
  request: EndpointRequest,
): Promise<{ endpoint: EndpointRow; isProbeRequested: boolean }> {
  const plan = await allowedPlan(deps, scope, request);
  const { url, registrableDomain } = await acceptedTarget(deps, request.url);
  for (let attempt = 0; attempt < SLUG_TRIES; attempt += 1) {
    const outcome = await insertEndpoint(scope, deps.pool, {
      slug: slugFor(request, url, attempt),
      name: request.name ?? url.host,
      url: url.href,
      normalizedUrl: normalizedUrl(url),
      host: url.hostname,
      registrableDomain,
      transport: request.transport,
      visibility: request.visibility,
      cadenceS: request.cadence_s,
      health:
        request.health_tool === undefined
          ? { kind: "auto" }
          : { kind: "named", tool: request.health_tool, arguments: {} },
      retentionClass: plan.name,
      isDemo: request.is_demo,
    });
    switch (outcome.kind) {
      case "inserted":
        return {
          endpoint: outcome.endpoint,
          isProbeRequested: await requestProbeNow(deps, scope, outcome.endpoint.id),
        };
      case "already-added":
        throw conflict(`You watch this URL already, as ${outcome.endpoint.slug}.`);
      case "on-board":
        throw conflict(`This URL is on the board already, as ${outcome.slug}.`);
      case "slug-taken":
        break;
    }
  }
  throw conflict("An endpoint of this name exists; give it another name.");
}

async function allowedPlan(deps: RegisterDeps, scope: TenantScope, request: EndpointRequest): Promise<Plan> {
  const tenant = await findTenant(scope, deps.pool);
  invariant(tenant, "the tenant of a request exists");
  if (request.cadence_s < tenant.plan.cadenceSMin) {
    throw new AppError({
      code: "limit_reached",
      internal: "cadence below the plan's",
      public: `The shortest cadence of the plan ${tenant.plan.name} is ${tenant.plan.cadenceSMin} seconds.`,
      field: "cadence_s",
    });
  }
  return tenant.plan;
}

async function acceptedTarget(
  deps: RegisterDeps,
  text: string,
): Promise<{ url: URL; registrableDomain: string }> {
  const target = await checkTarget(deps.target, text);
  if (target.kind === "refused") {
    throw new AppError({
      code: "invalid",
      internal: target.reason,
      public: target.message,
      field: target.field,
    });
  }
  return { url: new URL(target.url), registrableDomain: target.registrableDomain };
}

function conflict(sentence: string): AppError {
  return new AppError({ code: "conflict", internal: sentence, public: sentence, field: "url" });
}

/** A public slug that is taken gets a short suffix at the next attempt. */
function slugFor(request: EndpointRequest, url: URL, attempt: number): string {
  const text = request.name ?? url.host;
  const suffix = randomBytes(8).toString("hex");
  const slug = endpointSlug(text, request.visibility, suffix);
  return attempt === 0 || request.visibility !== "public" ? slug : `${slug}-${suffix.slice(0, 4)}`;
}
