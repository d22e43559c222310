import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import type { MiddlewareHandler } from "hono";
import { html } from "hono/html";
import type { CookieJar } from "../cookie-jar.ts";
import type { Signer } from "../signer.ts";
import type { Html } from "../views/html.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

interface GuardDeps {
  readonly cookies: CookieJar;
  readonly signer: Signer;
  readonly config: { readonly APP_URL: string };
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const FIELD = "_token";
/** For scripts of ours, whose body is no form. */
const HEADER = "x-form-token";
const COOKIE = "form";
const COOKIE_LIFE_S = 24 * 3600;

/** The hidden field that every form of method POST carries. */
export const csrfField = (c: WebContext): Html =>
  html`<input type="hidden" name="${FIELD}" value="${c.var.formToken()}">`;

/**
 * Refuses every unsafe request that did not come from a page of ours: by Sec-Fetch-Site and Origin where the browser
 * sends them, and always by a token bound to the session, or to a cookie while nobody is signed in. Comes after the
 * viewer is known.
 */
export function formGuard(deps: GuardDeps): MiddlewareHandler<WebEnv> {
  const ownOrigin = new URL(deps.config.APP_URL).origin;
  return async (c, next) => {
    const anonymous = deps.cookies.read(c, COOKIE);
    let minted: string | undefined;
    const subject = (fallback: () => string) =>
      c.var.viewer === null ? `anonymous ${anonymous ?? fallback()}` : `session ${c.var.viewer.sessionId}`;
    c.set("formToken", () => {
      const mint = () => {
        minted ??= randomBytes(16).toString("base64url");
        deps.cookies.write(c, COOKIE, minted, COOKIE_LIFE_S);
        return minted;
      };
      return deps.signer.sign("form", subject(mint));
    });
    if (!SAFE_METHODS.has(c.req.method)) {
      refuseForeign(c, ownOrigin);
      const token = await givenToken(c);
      if (
        !deps.signer.isSignedBy(
          "form",
          subject(() => "none"),
          token,
        )
      ) {
        throw forged(
          "form token missing or of another session",
          "This page was open for too long, or cookies are off. Go back, reload it, and try again.",
        );
      }
    }
    await next();
  };
}

function refuseForeign(c: WebContext, ownOrigin: string): void {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if (
    (site !== undefined && site !== "same-origin" && site !== "none") ||
    (origin !== undefined && origin !== ownOrigin)
  ) {
    throw forged(
      "cross-site request",
      `This form was sent from another site. Open ${ownOrigin} and do it there.`,
    );
  }
}

async function givenToken(c: WebContext): Promise<string> {
  const header = c.req.header(HEADER);
  if (header !== undefined) {
    return header;
  }
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded" && type !== "multipart/form-data") {
    throw new AppError({
      code: "invalid",
      internal: `content type ${type?.slice(0, 50)}`,
      public: "Only forms are accepted here.",
    });
  }
  const form = await c.req.parseBody().catch((cause: unknown) => {
    throw new AppError({
      code: "invalid",
      internal: "form not readable",
      public: "The form could not be read.",
      cause,
    });
  });
  const token = form[FIELD];
  return typeof token === "string" ? token : "";
}

const forged = (internal: string, sentence: string) =>
  new AppError({ code: "forbidden", internal, public: sentence });
