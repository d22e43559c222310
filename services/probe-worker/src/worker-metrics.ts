import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** What operators see of probing. Labels hold regions and words of ours, never an endpoint or a tenant. */
export function createWorkerMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `alivemcp_probe_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name: `alivemcp_probe_${name}`, help, labelNames, registers });
  return {
    probes: counter("findings_total", "Probes that ended, by what they found.", [
      "region",
      "kind",
      "state",
      "reason",
    ]),
    latenessSeconds: new Histogram({
      name: "alivemcp_probe_lateness_seconds",
      help: "From a job's not-before to its start.",
      labelNames: ["region"],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30],
      registers,
    }),
    postponed: counter("jobs_postponed_total", "Jobs put back for a moment, by reason.", [
      "region",
      "reason",
    ]),
    droppedLate: counter("jobs_dropped_late_total", "Jobs picked up more than 30 s late and not run.", [
      "region",
      "kind",
    ]),
    refused: counter("jobs_refused_total", "Jobs of an unknown version or shape, set aside.", ["region"]),
    reportRetries: counter("report_retries_total", "Reports that had to be written again.", []),
    toolListsRefused: counter(
      "tool_lists_refused_total",
      "New tool lists not kept: their endpoint used up its bytes of the day.",
      [],
    ),
    kills: counter("child_deaths_total", "Children that died or were killed, by cause.", ["cause"]),
    blamed: counter("kills_blamed_total", "Kills proven in quarantine and counted against a cap key.", []),
    slowdowns: counter("slowdowns_total", "Third kills within an hour that operators were told of.", []),
    handoverFaults: counter(
      "handover_faults_total",
      "Probes of private endpoints that got no credential, by why.",
      ["region", "detail"],
    ),
    timingsDiscarded: counter("timings_discarded_total", "Latencies dropped for event-loop delay.", [
      "region",
    ]),
    inFlight: gauge("in_flight", "Probes in flight.", []),
    line: gauge("credential_line", "Probes with credentials that wait for their tenant's turn.", []),
    children: gauge("children", "Child processes.", []),
    loopDelaySeconds: gauge(
      "child_loop_delay_seconds",
      "Largest event-loop delay of any child, last second.",
      [],
    ),
    selfCheckOk: gauge("self_check_ok", "1 while the region's canary URLs can be reached from here.", [
      "region",
    ]),
    queueDepth: gauge("queue_depth", "Jobs in a region's queue.", ["queue", "state"]),
  };
}
