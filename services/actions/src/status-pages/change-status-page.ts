import { AppError } from "@alivemcp/core/app-error";
import {
  deleteStatusPage,
  findStatusPage,
  insertStatusPage,
  listStatusPages,
  type StatusPageRow,
  setStatusPageEndpoints,
  updateStatusPage,
} from "@alivemcp/db/queries/status-pages";
import { listWatchedEndpoints } from "@alivemcp/db/queries/watched-endpoints";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import type { StatusPageInput } from "./status-page-input.ts";

type PageDeps = Pick<ActionDeps, "pool">;

const PAGES_MAX = 50;

/**
 * Makes a public page over several endpoints. Throws `conflict` when the slug is taken, by whomever, or 50 pages are
 * there; `invalid` for an endpoint that is private, or that the workspace neither owns nor follows.
 */
export function createStatusPage(
  deps: PageDeps,
  caller: Caller,
  input: StatusPageInput & { readonly slug: string },
): Promise<StatusPageRow> {
  return change(deps, caller, "page.write", async (tx) => {
    const { scope } = caller;
    if ((await listStatusPages(scope, tx)).length >= PAGES_MAX) {
      throw new AppError({
        code: "conflict",
        internal: "too many pages",
        public: `There are ${PAGES_MAX} status pages already. Delete one first.`,
      });
    }
    await requireShowable(scope, tx, input.endpointIds);
    const id = await insertStatusPage(scope, tx, input);
    if (id === null) {
      throw new AppError({
        code: "conflict",
        internal: "slug of a page is taken",
        public: "This address is taken. Choose another one.",
        field: "slug",
      });
    }
    await setStatusPageEndpoints(scope, tx, { pageId: id, endpointIds: input.endpointIds });
    return {
      result: { ...input, id, host: null, hasLogo: false },
      audit: { deed: "page.create", targetKind: "status-page", targetId: id, content: { ...input } },
    };
  });
}

/** Replaces title, description and endpoints of a page. Throws `not_found`, and as `createStatusPage`. */
export function saveStatusPage(
  deps: PageDeps,
  caller: Caller,
  input: StatusPageInput & { readonly slug: string },
): Promise<StatusPageRow> {
  return change(deps, caller, "page.write", async (tx) => {
    const { scope } = caller;
    const before = await getStatusPageIn(scope, tx, input.slug);
    await requireShowable(scope, tx, input.endpointIds);
    const page = { ...input, id: before.id, host: before.host, hasLogo: before.hasLogo };
    await updateStatusPage(scope, tx, page);
    await setStatusPageEndpoints(scope, tx, { pageId: page.id, endpointIds: input.endpointIds });
    return {
      result: page,
      audit: { deed: "page.update", targetKind: "status-page", targetId: page.id, content: { ...input } },
    };
  });
}

/** Takes a page away; its address answers "not found" then. */
export function removeStatusPage(deps: PageDeps, caller: Caller, slug: string): Promise<StatusPageRow> {
  return change(deps, caller, "page.write", async (tx) => {
    const page = await getStatusPageIn(caller.scope, tx, slug);
    await deleteStatusPage(caller.scope, tx, page.id);
    return { result: page, audit: { deed: "page.delete", targetKind: "status-page", targetId: page.id } };
  });
}

/** Throws `not_found`; another workspace's page is none of this one. */
export async function getStatusPageIn(scope: TenantScope, tx: Tx, slug: string): Promise<StatusPageRow> {
  const page = await findStatusPage(scope, tx, slug);
  if (page === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such status page of the tenant",
      public: "There is no such status page in this workspace.",
    });
  }
  return page;
}

/** A private endpoint is on no public page; who turned private later is left out there. */
async function requireShowable(scope: TenantScope, tx: Tx, endpointIds: readonly string[]): Promise<void> {
  const watched = new Map((await listWatchedEndpoints(scope, tx)).map((one) => [one.id, one]));
  for (const id of endpointIds) {
    const endpoint = watched.get(id);
    if (endpoint === undefined || endpoint.visibility === "private") {
      throw new AppError({
        code: "invalid",
        internal: "endpoint cannot be on a public page",
        public:
          endpoint === undefined
            ? "One of these endpoints is not in this workspace."
            : `${endpoint.name} is private: it is on no public page.`,
        field: "endpoints",
      });
    }
  }
}
