/** A message about alerting itself: one cause struck many, our own health (to operators). */
import { ALERT_MESSAGE_VERSION, type AlertMessage } from "./alert-message.ts";
import { publicLine } from "./public-text.ts";

export function noticeMessage(notice: {
  /** What belongs together has the same: a trouble and its end. */
  readonly dedupKey: string;
  readonly title: string;
  readonly summary: string;
  readonly atMs: number;
  readonly facts: AlertMessage["facts"];
  readonly links: AlertMessage["links"];
}): AlertMessage {
  const { dedupKey, atMs, links } = notice;
  return {
    v: ALERT_MESSAGE_VERSION,
    event: "notice",
    severity: null,
    dedupKey,
    title: publicLine(notice.title, 150),
    summary: publicLine(notice.summary, 600),
    atMs,
    isTest: false,
    isWorse: false,
    endpoint: null,
    incident: null,
    facts: notice.facts.map(({ label, value }) => ({
      label: publicLine(label, 60),
      value: publicLine(value, 300),
    })),
    links,
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  };
}
