import type { MiddlewareHandler } from "hono";

/** The headers of every page that people open. */
export function securePages(apiUrl: string): MiddlewareHandler {
  const policy = contentPolicy(apiUrl);
  return async (c, next) => {
    await next();
    c.header("content-security-policy", policy);
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("x-frame-options", "DENY");
    c.header("permissions-policy", "camera=(), geolocation=(), microphone=()");
  };
}

/** No inline script or style anywhere; forms that change something leave for the API, and nothing else for another origin. */
function contentPolicy(apiUrl: string): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    `form-action 'self' ${new URL(apiUrl).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
