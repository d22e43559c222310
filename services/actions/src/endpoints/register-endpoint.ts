import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { normalizedUrl } from "@alivemcp/core/endpoint-url";
import type { Plan } from "@alivemcp/core/plans";
import { endpointSlug } from "@alivemcp/core/slug";
import type { Transport } from "@alivemcp/core/states";
import { type EndpointRow, insertEndpoint } from "@alivemcp/db/queries/endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import { checkTarget } from "@alivemcp/probe/check-target";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requestProbeNow } from "./request-probe.ts";

export interface NewEndpointInput {
  readonly url: string;
  /** Default: the host. */
  readonly name?: string | undefined;
  readonly transport: Transport;
  readonly visibility: "public" | "unlisted";
  readonly cadenceS: number;
  readonly healthTool?: string | undefined;
  readonly isDemo: boolean;
}

/** Tries of a slug that somebody else may take at the same moment. */
const SLUG_TRIES = 3;

/**
 * Checks a URL, stores the endpoint for the tenant and asks for its first probe. Throws `invalid` naming the field
 * when the URL cannot be watched, `conflict` when it is watched already, `limit_reached` when the plan does not
 * allow it; then nothing is stored.
 */
export async function registerEndpoint(
  deps: ActionDeps,
  caller: Caller,
  input: NewEndpointInput,
): Promise<{ endpoint: EndpointRow; isProbeRequested: boolean }> {
  const target = await acceptedTarget(deps, input.url);
  const endpoint = await change(deps, caller, "endpoint.create", async (tx, { plan }) => {
    requireCadence(plan, input.cadenceS);
    const row = await insertUnderFreeSlug(caller, tx, { input, plan, ...target });
    return {
      result: row,
      audit: { targetKind: "endpoint", targetId: row.id, content: { slug: row.slug, ...input } },
    };
  });
  return { endpoint, isProbeRequested: await requestProbeNow(deps, caller.scope, endpoint.id) };
}

interface Wish {
  readonly input: NewEndpointInput;
  readonly plan: Plan;
  readonly url: URL;
  readonly registrableDomain: string;
}

async function insertUnderFreeSlug(caller: Caller, tx: Tx, wish: Wish): Promise<EndpointRow> {
  const { input, plan, url, registrableDomain } = wish;
  for (let attempt = 0; attempt < SLUG_TRIES; attempt += 1) {
    const outcome = await insertEndpoint(caller.scope, tx, {
      slug: slugFor(input, url, attempt),
      name: input.name ?? url.host,
      url: url.href,
      normalizedUrl: normalizedUrl(url),
      host: url.hostname,
      registrableDomain,
      transport: input.transport,
      visibility: input.visibility,
      cadenceS: input.cadenceS,
      health:
        input.healthTool === undefined
          ? { kind: "auto" }
          : { kind: "named", tool: input.healthTool, arguments: {}, isReadOnlyConfirmed: true },
      retentionClass: plan.name,
      isDemo: input.isDemo,
    });
    switch (outcome.kind) {
      case "inserted":
        return outcome.endpoint;
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

function requireCadence(plan: Plan, cadenceS: number): void {
  if (cadenceS < plan.cadenceSMin) {
    throw new AppError({
      code: "limit_reached",
      internal: "cadence below the plan's",
      public: `The shortest cadence of the plan ${plan.name} is ${plan.cadenceSMin} seconds.`,
      field: "cadence_s",
    });
  }
}

async function acceptedTarget(
  deps: Pick<ActionDeps, "target">,
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
function slugFor(input: NewEndpointInput, url: URL, attempt: number): string {
  const text = input.name ?? url.host;
  const suffix = randomBytes(8).toString("hex");
  const slug = endpointSlug(text, input.visibility, suffix);
  return attempt === 0 || input.visibility !== "public" ? slug : `${slug}-${suffix.slice(0, 4)}`;
}
