import type { MiddlewareHandler } from "hono";
import type { WebEnv } from "../web-env.ts";

/**
 * No inline script or style anywhere, nobody may frame us, and nothing is kept by caches. Referrers stay on our own
 * pages; `no-referrer` would also blank the Origin of our own forms (Fetch standard, "append a request Origin header").
 */
export function securityHeaders(appUrl: string, publicUrl: string): MiddlewareHandler<WebEnv> {
  const isSecure = appUrl.startsWith("https://");
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    // Badges are shown as others will see them, from where they are served.
    `img-src 'self' data: ${new URL(publicUrl).origin}`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(isSecure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
  return async (c, next) => {
    await next();
    c.header("content-security-policy", policy);
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "same-origin");
    c.header("x-frame-options", "DENY");
    c.header("cross-origin-opener-policy", "same-origin");
    c.header("cross-origin-resource-policy", "same-origin");
    c.header("permissions-policy", "camera=(), geolocation=(), microphone=()");
    if (isSecure) {
      c.header("strict-transport-security", "max-age=31536000");
    }
    if (!c.res.headers.has("cache-control")) {
      c.header("cache-control", "no-store");
    }
  };
}
