import { AppError } from "@alivemcp/core/app-error";
import { insertOptOut } from "@alivemcp/db/queries/opt-outs";
import { registrableDomain } from "@alivemcp/probe/registrable-domain";
import { type Context, Hono } from "hono";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { z } from "zod";
import { clientAddress } from "../client-address.ts";
import type { Deps } from "../deps.ts";
import { readJson } from "../read-json.ts";

const requestSchema = z.object({
  /** A host name, or a URL for one endpoint only. */
  target: z.string({ error: "Name the host or the URL that should not be probed." }).trim().min(1).max(2_048),
  contact: z.email("This is not an e-mail address.").max(320).optional().or(z.literal("")),
  reason: z.string().max(1_000).optional(),
});

/**
 * `POST /v1/opt-outs`: anybody may ask that a host or URL is not probed; unclaimed endpoints obey within an hour.
 * JSON or a form. At most 10 requests an hour per address. Answers 202 always: whether we know the target is not told.
 */
export function optOutRoutes(deps: Pick<Deps, "pool" | "redis" | "log" | "config">): Hono {
  const limiter = new RateLimiterRedis({
    storeClient: deps.redis,
    keyPrefix: "limit:opt-out",
    points: 10,
    duration: 3_600,
  });
  const routes = new Hono();
  routes.post("/", async (c) => {
    await consume(limiter, clientAddress(c));
    const request = requestSchema.parse(await readBody(c));
    const target = readTarget(request.target);
    await insertOptOut(deps.pool, {
      ...target,
      contact: request.contact || null,
      note: request.reason || null,
    });
    deps.log.info({ kind: target.kind, target: target.target }, "opt-out recorded");
    return c.json(
      {
        status: "accepted",
        detail:
          "Unclaimed endpoints there are no longer probed within an hour. Endpoints that their owners added are asked about first.",
      },
      202,
    );
  });
  return routes;
}

async function consume(limiter: RateLimiterRedis, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (err) {
    if (err instanceof Error) {
      throw new AppError({
        code: "upstream",
        internal: "rate limiter unavailable",
        public: "Please try again in a minute.",
        cause: err,
      });
    }
    const retryAfterS = Math.ceil((err as { msBeforeNext: number }).msBeforeNext / 1_000);
    throw new AppError({
      code: "rate_limited",
      internal: "opt-out limit",
      public: "At most 10 requests an hour; please wait.",
      retryAfterS,
    });
  }
}

async function readBody(c: Context): Promise<unknown> {
  const type = c.req.header("content-type") ?? "";
  if (type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/form-data")) {
    return c.req.parseBody();
  }
  return readJson(c);
}

function readTarget(text: string): { kind: "domain" | "host" | "url"; target: string } {
  const isUrl = /^https?:\/\//i.test(text);
  const candidate = isUrl ? text : `https://${text}`;
  if (!URL.canParse(candidate)) {
    throw new AppError({
      code: "invalid",
      internal: "opt-out target unreadable",
      public: "Give a host name such as mcp.example.com, or a URL.",
      field: "target",
    });
  }
  const url = new URL(candidate);
  if (isUrl && (url.pathname !== "/" || url.search !== "")) {
    return { kind: "url", target: url.href };
  }
  return { kind: registrableDomain(url.hostname) === url.hostname ? "domain" : "host", target: url.hostname };
}
