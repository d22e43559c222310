import type { SinkKind } from "@alivemcp/core/sink-kind";
import type { Receiver } from "./receiver-gates.ts";

/**
 * Who answers for a sink, read from its unsealed settings. A host that tenants named counts for each of them alone: one
 * that makes its own page of it fail must not keep others from theirs.
 */
export function receiverOf(
  sink: { readonly id: string; readonly kind: SinkKind; readonly tenantId: string },
  settings: unknown,
): Receiver {
  const field = (name: string): string => {
    const value = (settings as Readonly<Record<string, unknown>> | null)?.[name];
    return typeof value === "string" ? value : "";
  };
  const own = { sinkId: sink.id, kind: sink.kind, place: null, isTelegramGroup: false };
  switch (sink.kind) {
    case "webhook":
    case "teams":
      return { ...own, host: `${sink.tenantId} ${hostOf(field("url"))}` };
    case "ntfy": {
      const host = hostOf(field("server"));
      return { ...own, host: `${sink.tenantId} ${host}`, place: host };
    }
    case "slack":
    case "discord":
      return { ...own, host: sink.kind };
    case "telegram": {
      const chat = field("chatId");
      return { ...own, host: sink.kind, place: chat || null, isTelegramGroup: chat.startsWith("-") };
    }
    case "email":
    case "pagerduty":
    case "jsm":
      return { ...own, host: `${sink.kind} ${field("region")}`.trim() };
  }
}

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);
