import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type RouterMetrics = ReturnType<typeof createRouterMetrics>;

/** What operators see of deciding. Labels hold states, reasons and regions, never an endpoint or a tenant. */
export function createRouterMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `alivemcp_router_${name}`, help, labelNames, registers });
  return {
    transitions: counter("transitions_total", "Changes of a committed state.", ["from", "to", "reason"]),
    marks: counter("marks_total", "Flags and warnings raised or cleared.", ["reason"]),
    decisions: counter("decisions_total", "Events decided, by reason.", ["reason"]),
    looksAsked: counter("looks_asked_total", "Look jobs added to the regions' queues.", ["region", "look"]),
    looksRefused: counter("looks_refused_total", "Looks not asked, by the budget that was exhausted.", [
      "budget",
    ]),
    dropped: counter(
      "entries_dropped_total",
      "Entries without effect: the endpoint is gone, or deciding threw.",
      ["cause"],
    ),
    incidents: counter(
      "incidents_total",
      "Incidents opened, reopened and resolved, by severity; a batch written again counts again.",
      ["change", "severity"],
    ),
    alertDecisions: counter(
      "alert_decisions_total",
      "Who was told, or not, by verdict and reason: one per alert and sink.",
      ["verdict", "reason"],
    ),
    deliveriesQueued: counter("deliveries_queued_total", "Messages promised to sinks.", []),
    tellSeconds: new Histogram({
      name: "alivemcp_router_tell_seconds",
      help: "From the first look at incidents to every decision and message of a batch being written.",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    heartbeats: counter(
      "heartbeats_total",
      "Minutes in which an outside watcher was told that pages go out, or why not.",
      ["reason"],
    ),
    openConfirmations: new Gauge({
      name: "alivemcp_router_open_confirmations",
      help: "Confirmations under way in the shards of this process.",
      registers,
    }),
    suspectedRegions: new Gauge({
      name: "alivemcp_router_region_suspected",
      help: "1 while most endpoints turned down from this region alone; it does not vote then.",
      labelNames: ["region"],
      registers,
    }),
    lagSeconds: new Histogram({
      name: "alivemcp_router_lag_seconds",
      help: "From the writing of a stream entry to its decision being stored and done.",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300],
      registers,
    }),
    downAfterSeconds: new Histogram({
      name: "alivemcp_router_down_after_seconds",
      help: "From the first failing probe to `down` being committed.",
      buckets: [15, 30, 35, 40, 50, 60, 90, 120, 300, 600],
      registers,
    }),
  };
}
