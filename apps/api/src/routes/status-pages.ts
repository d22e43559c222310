import {
  createStatusPage,
  removeStatusPage,
  saveStatusPage,
} from "@alivemcp/actions/status-pages/change-status-page";
import { getStatusPage, listStatusPages } from "@alivemcp/actions/status-pages/list-status-pages";
import { removePageHost, verifyPageHost } from "@alivemcp/actions/status-pages/page-host";
import { removePageLogo, setPageLogo } from "@alivemcp/actions/status-pages/page-logo";
import { statusPageSchema, statusPageSlugSchema } from "@alivemcp/actions/status-pages/status-page-input";
import type { StatusPageRow } from "@alivemcp/db/queries/status-pages";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";
import { parseSnake } from "../requests/snake-keys.ts";

const tags = ["Status pages"];
const pageParam = z.object({ page: z.string().describe("The page's slug.") });

const pageSchema = z
  .strictObject({
    slug: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    endpoint_ids: z.array(z.uuid()).describe("In the order of the page."),
    url: z.url().describe("Where people read it."),
    host: z.string().nullable().describe("Host name of its own that it is shown at, too."),
    has_logo: z.boolean(),
  })
  .openapi("StatusPage");

const bodySchema = z.strictObject({
  title: z.string(),
  description: z.string().optional().describe("Plain text."),
  endpoint_ids: z
    .array(z.string())
    .describe(
      "Own and followed endpoints, in the order of the page. A private one is refused; an unlisted one is shown to whoever reads the page.",
    ),
});

const list = createRoute({
  method: "get",
  path: "/",
  operationId: "listStatusPages",
  tags,
  summary: "List status pages",
  ...needs("workspace.read"),
  responses: {
    200: answer("Pages.", z.strictObject({ items: z.array(pageSchema) }).openapi("StatusPages")),
    ...scopeProblems(),
  },
});

const get = createRoute({
  method: "get",
  path: "/{page}",
  operationId: "getStatusPage",
  tags,
  summary: "Get a status page",
  ...needs("workspace.read"),
  request: { params: pageParam },
  responses: { 200: answer("The page.", pageSchema), ...scopeProblems("not_found") },
});

const create = createRoute({
  method: "post",
  path: "/",
  operationId: "createStatusPage",
  tags,
  summary: "Make a public page over several endpoints",
  ...needs("page.write"),
  request: {
    headers: writeHeaders,
    body: jsonBody(bodySchema.extend({ slug: z.string().describe("Its address is `/p/<slug>`; it stays.") })),
  },
  responses: { 201: answer("The page.", pageSchema), ...scopeProblems("invalid", "conflict") },
});

const update = createRoute({
  method: "put",
  path: "/{page}",
  operationId: "updateStatusPage",
  tags,
  summary: "Replace title, description and endpoints of a status page",
  ...needs("page.write"),
  request: { params: pageParam, headers: writeHeaders, body: jsonBody(bodySchema) },
  responses: { 200: answer("The page.", pageSchema), ...scopeProblems("invalid", "not_found", "conflict") },
});

const remove = createRoute({
  method: "delete",
  path: "/{page}",
  operationId: "deleteStatusPage",
  tags,
  summary: "Take a status page away",
  ...needs("page.write"),
  request: { params: pageParam, headers: writeHeaders },
  responses: { 204: empty("It is gone."), ...scopeProblems("not_found", "conflict") },
});

const hostSchema = z
  .strictObject({
    host: z.string(),
    is_verified: z.boolean().describe("Found: the page is shown at the host from now on."),
    dns_name: z.string().describe("Name of the TXT record."),
    proof: z.string().describe("What the TXT record has to hold."),
    detail: z.string().describe("What was found, in a sentence."),
  })
  .openapi("StatusPageHost");

const setHost = createRoute({
  method: "put",
  path: "/{page}/host",
  operationId: "setStatusPageHost",
  tags,
  summary: "Show a status page at a host name of your own",
  description:
    "Looks for a DNS TXT record that proves that the name is yours. Until it is found nothing changes, and the answer says what to put where; ask again then. Lead the name here with a CNAME record.",
  ...needs("page.write"),
  request: {
    params: pageParam,
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ host: z.string().describe("Such as `status.example.com`.") })),
  },
  responses: {
    200: answer("What was found.", hostSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const removeHost = createRoute({
  method: "delete",
  path: "/{page}/host",
  operationId: "removeStatusPageHost",
  tags,
  summary: "Give up the host name of a status page",
  ...needs("page.write"),
  request: { params: pageParam, headers: writeHeaders },
  responses: { 204: empty("It is at its address here only."), ...scopeProblems("not_found", "conflict") },
});

const setLogo = createRoute({
  method: "put",
  path: "/{page}/logo",
  operationId: "setStatusPageLogo",
  tags,
  summary: "Put a logo on a status page",
  ...needs("page.write"),
  request: {
    params: pageParam,
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        logo: z.base64().describe("PNG, JPEG or WebP of at most 200 KiB, as base64 (RFC 4648, section 4)."),
      }),
    ),
  },
  responses: { 200: answer("The page.", pageSchema), ...scopeProblems("invalid", "not_found", "conflict") },
});

const removeLogo = createRoute({
  method: "delete",
  path: "/{page}/logo",
  operationId: "removeStatusPageLogo",
  tags,
  summary: "Take the logo off a status page",
  ...needs("page.write"),
  request: { params: pageParam, headers: writeHeaders },
  responses: { 204: empty("It is gone."), ...scopeProblems("not_found", "conflict") },
});

const inputSchema = statusPageSchema.extend({ slug: statusPageSlugSchema });

/** `/v1/status-pages`: public pages over several endpoints. */
export function statusPageRoutes(deps: Deps) {
  const json = (page: StatusPageRow) => ({
    slug: page.slug,
    title: page.title,
    description: page.description,
    endpoint_ids: [...page.endpointIds],
    url: new URL(`/p/${page.slug}`, deps.config.PUBLIC_URL).href,
    host: page.host,
    has_logo: page.hasLogo,
  });
  const inputOf = (body: z.infer<typeof bodySchema>, slug: string) =>
    parseSnake(inputSchema, {
      slug,
      title: body.title,
      description: body.description ?? "",
      endpointIds: body.endpoint_ids,
    });
  return createRouter()
    .openapi(list, async (c) => c.json({ items: (await listStatusPages(deps, c.var.caller)).map(json) }, 200))
    .openapi(get, async (c) =>
      c.json(json(await getStatusPage(deps, c.var.caller, c.req.valid("param").page)), 200),
    )
    .openapi(create, async (c) => {
      const { slug, ...body } = c.req.valid("json");
      return c.json(json(await createStatusPage(deps, c.var.caller, inputOf(body, slug))), 201);
    })
    .openapi(update, async (c) => {
      const { page } = c.req.valid("param");
      const { slug } = await getStatusPage(deps, c.var.caller, page);
      return c.json(json(await saveStatusPage(deps, c.var.caller, inputOf(c.req.valid("json"), slug))), 200);
    })
    .openapi(setHost, async (c) => {
      const input = { slug: c.req.valid("param").page, host: c.req.valid("json").host };
      const found = await verifyPageHost(deps, c.var.caller, input);
      const { host, isVerified, dnsName, proof, sentence } = found;
      return c.json({ host, is_verified: isVerified, dns_name: dnsName, proof, detail: sentence }, 200);
    })
    .openapi(removeHost, async (c) => {
      await removePageHost(deps, c.var.caller, c.req.valid("param").page);
      return c.body(null, 204);
    })
    .openapi(setLogo, async (c) => {
      const bytes = Buffer.from(c.req.valid("json").logo, "base64");
      const page = await setPageLogo(deps, c.var.caller, { slug: c.req.valid("param").page, bytes });
      return c.json(json(page), 200);
    })
    .openapi(removeLogo, async (c) => {
      await removePageLogo(deps, c.var.caller, c.req.valid("param").page);
      return c.body(null, 204);
    })
    .openapi(remove, async (c) => {
      await removeStatusPage(deps, c.var.caller, c.req.valid("param").page);
      return c.body(null, 204);
    });
}
