import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import type { EndpointFields } from "@alivemcp/core/endpoint-input";
import type { Plan } from "@alivemcp/core/plans";
import { endpointSlug } from "@alivemcp/core/slug";
import {
  countWatched,
  type EndpointRow,
  type EndpointTarget,
  insertEndpoint,
  type NewEndpoint,
} from "@alivemcp/db/queries/endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePermission } from "../require-permission.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { acceptTarget } from "./accept-target.ts";
import { urlConflict } from "./endpoint-conflict.ts";
import { requestProbeNow } from "./request-probe.ts";
import { acceptHealthUrls, requirePatterns, requireRegions } from "./require-fields.ts";

export interface NewEndpointInput extends EndpointFields {
  readonly url: string;
  /** One of the demo servers of `scripts/up`; only operators may say so. */
  readonly isDemo?: boolean;
}

/** Tries of a slug that somebody else may take at the same moment. */
const SLUG_TRIES = 3;
const CADENCE_S_DEFAULT = 60;

/**
 * Checks a URL, stores the endpoint for the tenant and asks for its first probe. Throws `invalid` naming the field,
 * `conflict` when the URL is watched already (facts: `existing_slug`, or `board_slug` and `offers`), `limit_reached`
 * when the plan does not allow it, `forbidden` for `public`, which has to be proven first; then nothing is stored.
 */
export async function registerEndpoint(
  deps: ActionDeps,
  caller: Caller,
  input: NewEndpointInput,
): Promise<{ endpoint: EndpointRow; isProbeRequested: boolean }> {
  requirePermission(caller, "endpoint.create");
  requireOperatorsChoices(caller, input);
  requireRegions(deps, input);
  requirePatterns(input);
  const target = await acceptTarget(deps, input.url);
  const healthUrls = acceptHealthUrls(target, input.healthUrls ?? []);
  const endpoint = await change(deps, caller, "endpoint.create", async (tx, { plan }) => {
    await requireRoom(caller, tx, plan, input);
    const row = await insertUnderFreeSlug(caller, tx, { ...input, healthUrls }, { plan, target });
    return {
      result: row,
      audit: { targetKind: "endpoint", targetId: row.id, content: { slug: row.slug, ...input } },
    };
  });
  return { endpoint, isProbeRequested: await requestProbeNow(deps, caller.scope, endpoint.id) };
}

/** A demo, and a place on the board without proof, are for who runs the installation. */
function requireOperatorsChoices(caller: Caller, input: NewEndpointInput): void {
  if (caller.actor.kind === "operator") {
    return;
  }
  if (input.visibility === "public") {
    throw new AppError({
      code: "forbidden",
      internal: "public without proof",
      public:
        "Only endpoints that are proven to be yours go on the public board. Register it as unlisted, then prove it on its claim page.",
      field: "visibility",
    });
  }
  if (input.isDemo === true) {
    throw new AppError({
      code: "forbidden",
      internal: "demo endpoint of a tenant",
      public: "Only operators register demo endpoints.",
      field: "is_demo",
    });
  }
}

async function requireRoom(caller: Caller, tx: Tx, plan: Plan, input: NewEndpointInput): Promise<void> {
  const watched = await countWatched(caller.scope, tx);
  requirePlanLimit(plan, "endpointsMax", { wanted: watched.endpoints + 1 });
  if (input.visibility === "private") {
    requirePlanLimit(plan, "privateEndpointsMax", {
      wanted: watched.privateEndpoints + 1,
      field: "visibility",
    });
  }
  if (input.cadenceS !== undefined) {
    requirePlanLimit(plan, "cadenceSMin", { wanted: input.cadenceS, field: "cadence_s" });
  }
}

async function insertUnderFreeSlug(
  caller: Caller,
  tx: Tx,
  input: NewEndpointInput,
  at: { readonly plan: Plan; readonly target: EndpointTarget },
): Promise<EndpointRow> {
  for (let attempt = 0; attempt < SLUG_TRIES; attempt += 1) {
    const outcome = await insertEndpoint(caller.scope, tx, rowOf(input, at, attempt));
    switch (outcome.kind) {
      case "inserted":
        return outcome.endpoint;
      case "already-added":
      case "on-board":
        throw urlConflict(outcome);
      case "slug-taken":
        break;
    }
  }
  throw new AppError({
    code: "conflict",
    internal: "no free slug",
    public: "An endpoint of this name exists; give it another name.",
    field: "name",
  });
}

function rowOf(
  input: NewEndpointInput,
  { plan, target }: { readonly plan: Plan; readonly target: EndpointTarget },
  attempt: number,
): NewEndpoint {
  const {
    url: _url,
    isDemo = false,
    visibility = "unlisted",
    regions,
    tags,
    expectedTools,
    ...options
  } = input;
  const name = input.name ?? new URL(target.url).host;
  return {
    ...options,
    ...target,
    slug: slugFor(name, visibility, attempt),
    name,
    visibility,
    ...(regions === undefined ? {} : { regions: [...regions] }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(expectedTools === undefined ? {} : { expectedTools: [...expectedTools] }),
    cadenceS: input.cadenceS ?? Math.max(CADENCE_S_DEFAULT, plan.cadenceSMin),
    retentionClass: plan.name,
    isDemo,
  };
}

/** A public slug that is taken gets a short suffix at the next attempt. */
function slugFor(name: string, visibility: NewEndpoint["visibility"], attempt: number): string {
  const suffix = randomBytes(8).toString("hex");
  const slug = endpointSlug(name, visibility, suffix);
  return attempt === 0 || visibility !== "public" ? slug : `${slug}-${suffix.slice(0, 4)}`;
}
