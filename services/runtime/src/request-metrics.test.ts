import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createRequestSeconds, observeRequest, routeLabel } from "./request-metrics.ts";

test.each([
  {
    patterns: ["/*", "/v1/endpoints/:slug"],
    label: "/v1/endpoints/:slug",
    why: "the route after middleware",
  },
  { patterns: ["/*", "/badge/:file", "/*"], label: "/badge/:file", why: "the route before middleware" },
  { patterns: ["/*", "/v1/*"], label: "none", why: "middleware alone is no route" },
  { patterns: [], label: "none", why: "nothing matched" },
])("a request is labelled $label: $why", ({ patterns, label }) => {
  expect(routeLabel(patterns)).toBe(label);
});

test("requests are counted in seconds under the app's name, made-up methods as one", async () => {
  const registry = new Registry();
  const seconds = createRequestSeconds(registry, "status");
  observeRequest(seconds, { method: "GET", route: "/", status: 200, ms: 30 });
  observeRequest(seconds, { method: "BREW", route: "none", status: 404, ms: 1 });
  observeRequest(seconds, { method: "STEEP", route: "none", status: 404, ms: 1 });
  const text = await registry.metrics();
  expect(text).toContain('alivemcp_status_request_seconds_sum{method="GET",route="/",status="200"} 0.03');
  expect(text).toContain('alivemcp_status_request_seconds_count{method="other",route="none",status="404"} 2');
});
