import { AppError } from "@alivemcp/core/app-error";
import type { Html } from "@alivemcp/pages/figures";
import type { Deps } from "../deps.ts";
import { staleNotice } from "../stale-notice.ts";
import { feedLinks } from "../views/feed-links.ts";
import { layout } from "../views/layout.ts";
import { readTenantPage, type TenantPagePlace } from "./read-tenant-page.ts";
import { tenantPageView } from "./tenant-page-view.ts";

/** A page of a workspace as people read it. Throws `not_found`, and `upstream` while it cannot be read. */
export function tenantPageAnswer(deps: Deps, place: TenantPagePlace): Promise<Awaited<Html>> {
  const { slug, host } = place;
  return deps.pages.get(`page|${host ?? ""}|${slug.slice(0, 70)}`, async () => {
    const page = await readTenantPage(deps, place);
    if (page.kind !== "page") {
      throw refusal(page.kind);
    }
    const { report, hasLogo } = page;
    const base = host === null ? `/p/${report.id}` : "";
    return layout(deps.site, {
      title: `${report.title}: status`,
      description: `Are the MCP endpoints of ${report.title} working? States, incidents and scheduled maintenance.`,
      path: `/p/${report.id}`,
      body: tenantPageView(report, { base, hasLogo, nowMs: deps.clock.nowMs() }),
      head: feedLinks(base),
      // Whether it is to be found is its workspace's to decide: it gives the address away.
      isIndexed: false,
      isAtOwnHost: host !== null,
      script: "liveScript",
      notice: staleNotice(deps),
    });
  });
}

const refusal = (kind: "not-found" | "unavailable") =>
  kind === "not-found"
    ? new AppError({
        code: "not_found",
        internal: "no status page of this slug",
        public: "There is no such page.",
      })
    : new AppError({
        code: "upstream",
        internal: "status page unreadable",
        public: "This page cannot be read at the moment. Please try again in a minute.",
        retryAfterS: 60,
      });
