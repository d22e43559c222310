import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type DeliverMetrics = ReturnType<typeof createDeliverMetrics>;

/** What operators see of sending. Labels hold kinds, outcomes and reasons of ours, never a tenant, a sink or a host. */
export function createDeliverMetrics(registry: Registry) {
  const registers = [registry];
  const name = (rest: string) => `alivemcp_delivery_${rest}`;
  return {
    tries: new Counter({
      name: name("tries_total"),
      help: "Tries to send a message, by what came of them.",
      labelNames: ["kind", "outcome", "reason"],
      registers,
    }),
    settled: new Counter({
      name: name("settled_total"),
      help: "Messages that came to an end.",
      labelNames: ["kind", "state", "reason"],
      registers,
    }),
    held: new Counter({
      name: name("held_total"),
      help: "Tries not made, by what held them back.",
      labelNames: ["kind", "by"],
      registers,
    }),
    leasesLost: new Counter({
      name: name("leases_lost_total"),
      help: "Messages whose lease ran out before they were settled: they are sent again with the same key.",
      registers,
    }),
    sinksDisabled: new Counter({
      name: name("sinks_disabled_total"),
      help: "Sinks given up.",
      labelNames: ["kind", "reason"],
      registers,
    }),
    detours: new Counter({
      name: name("detours_total"),
      help: "Pages that went to other sinks because theirs did not take them.",
      registers,
    }),
    acceptedAfterSeconds: new Histogram({
      name: name("accepted_after_seconds"),
      help: "From the making of a message to its receiver's yes.",
      labelNames: ["severity"],
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3_600],
      registers,
    }),
    pending: new Gauge({
      name: name("pending"),
      help: "Messages that wait, by whether they are due.",
      labelNames: ["when"],
      registers,
    }),
    oldestDueSeconds: new Gauge({
      name: name("oldest_due_seconds"),
      help: "How long the longest waiting due message waits.",
      registers,
    }),
    openBreakers: new Gauge({
      name: name("open_breakers"),
      help: "Hosts that are left alone because they fail.",
      registers,
    }),
  };
}
