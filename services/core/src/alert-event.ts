/** What a message is about. Webhook receivers switch on these words, so that none is ever renamed. */
export const ALERT_EVENTS = [
  "incident.opened",
  "incident.updated",
  "incident.acknowledged",
  "incident.resolved",
  "drift.detected",
  "credential.expiring",
  "certificate.expiring",
  /** Alerts over the budget by the hour, or the week's P4. */
  "digest",
  /** Asked for by somebody, to see that a sink works. */
  "test",
  /** Proves that a sink is its tenant's; the only one that goes to an unverified sink. */
  "verification",
  /** About alerting itself: a sink was disabled, one cause struck many, our own health (to operators). */
  "notice",
] as const;
export type AlertEvent = (typeof ALERT_EVENTS)[number];

export const isIncidentEvent = (event: AlertEvent): boolean => event.startsWith("incident.");
