import { listWatched } from "@alivemcp/actions/watched/list-watched";
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import { WINDOW_NAMES } from "@alivemcp/core/endpoint-windows";
import { PUBLIC_STATES } from "@alivemcp/core/states";
import { createRoute, z } from "@hono/zod-openapi";
import { Gauge, Registry, type RegistryContentType } from "prom-client";
import type { Deps } from "../deps.ts";
import { needs, scopeProblems } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";

const OPEN_METRICS = "application/openmetrics-text";
const text = z.string();

const metrics = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  tags: ["Metrics"],
  summary: "Get everything watched as metrics",
  description:
    "For Prometheus, with the API key as `authorization.credentials`; OpenMetrics when the `Accept` header asks for it. Values are the ones of the endpoints' pages.",
  ...needs("endpoint.read"),
  responses: {
    200: {
      description: "Gauges, labelled by endpoint.",
      content: { "text/plain": { schema: text }, [OPEN_METRICS]: { schema: text } },
    },
    ...scopeProblems(),
  },
});

/** `/v1/metrics`: the workspace's endpoints for its own Prometheus. */
export function tenantMetricsRoutes(deps: Deps) {
  return createRouter().openapi(metrics, async (c) => {
    const readings = await listWatched(deps, c.var.caller);
    const isOpen = (c.req.header("accept") ?? "").includes(OPEN_METRICS);
    const registry = new Registry<RegistryContentType>();
    registry.setContentType(isOpen ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
    for (const { name, help, labelNames, valuesOf } of GAUGES) {
      const labels = ["endpoint", ...labelNames];
      const gauge = new Gauge({ name: `alivemcp_endpoint_${name}`, help, labelNames: labels, registers: [] });
      registry.registerMetric(gauge as never);
      for (const reading of readings) {
        for (const [value, more] of valuesOf(reading)) {
          gauge.set({ endpoint: reading.endpoint.slug, ...more }, value);
        }
      }
    }
    return c.body(await registry.metrics(), 200, {
      "content-type": registry.contentType,
      "cache-control": "no-store",
    }) as never;
  });
}

type Value = readonly [value: number, labels: Readonly<Record<string, string>>];

interface EndpointGauge {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** None where there is nothing to say. */
  readonly valuesOf: (reading: WatchedReading) => readonly Value[];
}

const one = (value: number | boolean | null): readonly Value[] =>
  value === null ? [] : [[Number(value), {}]];

const GAUGES: readonly EndpointGauge[] = [
  {
    name: "up",
    help: "1 live or degraded, 0 down; absent while unknown.",
    labelNames: [],
    valuesOf: ({ status }) => one(status.state === "unknown" ? null : status.state !== "down"),
  },
  {
    name: "state",
    help: "1 for the state the endpoint is in, 0 for the others.",
    labelNames: ["state"],
    valuesOf: ({ status }) => PUBLIC_STATES.map((state) => [Number(status.state === state), { state }]),
  },
  {
    name: "auth_required",
    help: "1 behind a login wall.",
    labelNames: [],
    valuesOf: ({ status }) => one(status.isAuthRequired),
  },
  {
    name: "paused",
    help: "1 while nobody probes it.",
    labelNames: [],
    valuesOf: ({ endpoint }) => one(endpoint.pausedAtMs !== null),
  },
  {
    name: "open_drift",
    help: "Changes of the tools that nobody accepted yet.",
    labelNames: [],
    valuesOf: ({ endpoint }) => one(endpoint.openDrift.count),
  },
  {
    name: "last_probe_timestamp_seconds",
    help: "When the newest probe was observed.",
    labelNames: [],
    valuesOf: ({ latest }) => one(latest && latest.atMs / 1_000),
  },
  {
    name: "latency_seconds",
    help: "Of the latest minute, median over the regions.",
    labelNames: [],
    valuesOf: ({ latest }) => one(latest?.latencyMs == null ? null : latest.latencyMs / 1_000),
  },
  {
    name: "uptime_ratio",
    help: "Share of the measured time that it was up, by window.",
    labelNames: ["window"],
    valuesOf: ({ windows }) =>
      WINDOW_NAMES.flatMap((window): readonly Value[] => {
        const ratio = windows.uptime[window];
        return ratio === null ? [] : [[ratio, { window }]];
      }),
  },
];
