import { listAudit } from "@alivemcp/actions/audit/list-audit";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { Hono } from "hono";
import { z } from "zod";
import { type AuditQuery, auditView } from "../audit/audit-view.ts";
import type { Deps } from "../deps.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

const ROWS_PER_PAGE = 50;
/** What is out of bounds filters nothing. */
const word = z
  .string()
  .trim()
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .catch("");
const querySchema = z.object({
  actor: word,
  action: word,
  target: word,
  before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null),
});

/** `GET /w/<workspace>/audit`: who did what, a page at a time. */
export function auditRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/audit", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const { before, ...query } = querySchema.parse(c.req.query());
    const filter = filterOf(query);
    const [rows, members] = await Promise.all([
      listAudit(deps, caller, { ...filter, beforeId: before, limit: ROWS_PER_PAGE + 1 }),
      listMembers(deps, caller),
    ]);
    const shown = rows.slice(0, ROWS_PER_PAGE);
    const body = auditView({
      rows: shown,
      members,
      query,
      path: `/w/${tenant.slug}/audit`,
      nextBeforeId: rows.length > ROWS_PER_PAGE ? (shown.at(-1)?.id ?? null) : null,
    });
    return c.html(await renderPage(c, { title: `Audit log of ${tenant.name}`, section: "audit", body }));
  });
  return routes;
}

const filterOf = ({ actor, action, target }: AuditQuery) => ({
  actorId: actor || undefined,
  action: action || undefined,
  targetId: target || undefined,
});
