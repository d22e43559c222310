import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { canonicalJson } from "@alivemcp/core/canonical-json";
import type { EndpointFields } from "@alivemcp/core/endpoint-input";
import type { Plan } from "@alivemcp/core/plans";
import {
  countWatched,
  type EndpointChange,
  type EndpointRow,
  type EndpointTarget,
  findUrlConflict,
  updateEndpoint as updateEndpointRow,
} from "@alivemcp/db/queries/endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePermission } from "../require-permission.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { acceptTarget } from "./accept-target.ts";
import { urlConflict } from "./endpoint-conflict.ts";
import { endpointRevision } from "./endpoint-revision.ts";
import { getEndpointIn } from "./get-endpoint.ts";
import { requestProbeNow } from "./request-probe.ts";
import { requireMovable, requireVisibilityChange } from "./require-change.ts";
import { acceptHealthUrls, requirePatterns, requireRegions } from "./require-fields.ts";
import { takeNewSlug } from "./take-new-slug.ts";

export interface EndpointPatch extends EndpointFields {
  readonly url?: string | undefined;
  readonly slug?: string | undefined;
}

/**
 * Changes what the patch names and leaves the rest. A new URL is judged like a first one and keeps the history; a
 * change of what is asked (URL, transport, health) is probed at once. Throws `conflict` when `ifRevision` is not what
 * the endpoint is now, so that nobody overwrites what they have not seen; `invalid`, `limit_reached` and `forbidden`
 * name the field. Nothing is written then.
 */
export async function updateEndpoint(
  deps: ActionDeps,
  caller: Caller,
  input: {
    readonly endpoint: string;
    readonly patch: EndpointPatch;
    readonly ifRevision?: string | undefined;
  },
): Promise<{ endpoint: EndpointRow; isProbeRequested: boolean }> {
  requirePermission(caller, "endpoint.update");
  const { patch } = input;
  requireRegions(deps, patch);
  requirePatterns(patch);
  const target = patch.url === undefined ? null : await acceptTarget(deps, patch.url);
  const done = await change(deps, caller, "endpoint.update", async (tx, { plan }) => {
    const before = await getEndpointIn(caller.scope, tx, input.endpoint);
    requireRevision(before, input.ifRevision);
    const asked = await decideColumns(caller, tx, { before, patch, target, plan });
    const columns = onlyChanged(before, asked);
    if (Object.keys(columns).length === 0) {
      return { result: { before, endpoint: before }, audit: null };
    }
    const endpoint = await updateEndpointRow(caller.scope, tx, before.id, columns);
    return {
      result: { before, endpoint: endpoint ?? before },
      audit: { targetKind: "endpoint", targetId: before.id, content: columns },
    };
  }).catch(refuseRace);
  const isDue = asksOtherwise(done.before, done.endpoint) && done.endpoint.pausedAt === null;
  return {
    endpoint: done.endpoint,
    isProbeRequested: isDue && (await requestProbeNow(deps, caller.scope, done.endpoint.id)),
  };
}

function requireRevision(row: EndpointRow, ifRevision: string | undefined): void {
  if (ifRevision !== undefined && ifRevision !== endpointRevision(row)) {
    throw new AppError({
      code: "conflict",
      internal: "revision has moved on",
      public: "Somebody changed this endpoint meanwhile. Load it again and repeat your change.",
      field: "revision",
    });
  }
}

interface Wish {
  readonly before: EndpointRow;
  readonly patch: EndpointPatch;
  readonly target: EndpointTarget | null;
  readonly plan: Plan;
}

async function decideColumns(caller: Caller, tx: Tx, wish: Wish): Promise<EndpointChange> {
  const { before, patch, plan } = wish;
  const { url: _url, slug: _slug, regions, tags, expectedTools, healthUrls, ...options } = patch;
  if (patch.cadenceS !== undefined && patch.cadenceS < before.cadenceS) {
    requirePlanLimit(plan, "cadenceSMin", { wanted: patch.cadenceS, field: "cadence_s" });
  }
  const moved = await decideMove(caller, tx, wish);
  const visibility = await decideVisibility(caller, tx, wish);
  const target = wish.target ?? before;
  const wantedHealthUrls = healthUrls ?? (wish.target === null ? undefined : before.healthUrls);
  return {
    ...options,
    ...moved,
    ...visibility,
    regions: regions === undefined ? undefined : [...regions],
    tags: tags === undefined ? undefined : [...tags],
    expectedTools: expectedTools === undefined ? undefined : [...expectedTools],
    healthUrls: wantedHealthUrls === undefined ? undefined : acceptHealthUrls(target, wantedHealthUrls),
  };
}

/** Another URL: judged, free, and no way to carry a credential or a proof to somebody else's server. */
async function decideMove(caller: Caller, tx: Tx, wish: Wish): Promise<EndpointChange> {
  const { before, target } = wish;
  if (target === null || target.url === before.url) {
    return {};
  }
  if (target.normalizedUrl !== before.normalizedUrl) {
    const conflict = await findUrlConflict(caller.scope, tx, target.normalizedUrl);
    if (conflict !== null) {
      throw urlConflict(conflict);
    }
  }
  return { ...target, ...(await requireMovable(caller, tx, { before, target })) };
}

async function decideVisibility(caller: Caller, tx: Tx, wish: Wish): Promise<EndpointChange> {
  const { before, patch, plan } = wish;
  const visibility = patch.visibility ?? before.visibility;
  if (visibility !== before.visibility) {
    await requireVisibilityChange(caller, tx, { before, visibility });
    if (visibility === "private") {
      const { privateEndpoints } = await countWatched(caller.scope, tx, before.id);
      requirePlanLimit(plan, "privateEndpointsMax", { wanted: privateEndpoints + 1, field: "visibility" });
    }
  }
  if (visibility === before.visibility && patch.slug === undefined) {
    return {};
  }
  const suffix = randomBytes(8).toString("hex");
  const slug = await takeNewSlug(caller, tx, { before, visibility, typed: patch.slug, suffix });
  return { visibility, slug };
}

/** Without the columns that hold this already, so that asking twice changes once. */
function onlyChanged(before: EndpointRow, asked: EndpointChange): EndpointChange {
  const entries = Object.entries(asked).filter(
    ([column, value]) =>
      value !== undefined &&
      canonicalJson(value) !== canonicalJson(before[column as keyof EndpointRow] as never),
  );
  return Object.fromEntries(entries);
}

function asksOtherwise(before: EndpointRow, after: EndpointRow): boolean {
  const asked = ({ url, transport, health, healthUrls, expectedTools }: EndpointRow) =>
    canonicalJson([url, transport, health, healthUrls, expectedTools]);
  return asked(before) !== asked(after);
}

/** SQLSTATE of a unique index (PostgreSQL, appendix A): somebody took the URL on the board at the same moment. */
const UNIQUE_VIOLATION = "23505";

function refuseRace(err: unknown): never {
  const code = (err as { cause?: { code?: string } }).cause?.code;
  throw code === UNIQUE_VIOLATION
    ? new AppError({
        code: "conflict",
        internal: "taken at the same moment",
        public: "Somebody took this URL or address at the same moment. Please try again.",
        cause: err,
      })
    : err;
}
