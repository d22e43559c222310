import { openSinkDeps } from "../src/open-sink-deps.ts";
import type { SendMail } from "../src/send-mail.ts";
import type { SinkDeps, VendorUrls } from "../src/sink-client.ts";

/** What sinks send with, loopback opened; mails go nowhere unless the test says where. */
export function testSinkDeps(
  options: {
    readonly nowMs?: () => number;
    readonly sendMail?: SendMail;
    readonly allowCidrs?: readonly string[];
    readonly vendors?: Partial<VendorUrls>;
    readonly telegramBotToken?: string;
  } = {},
): SinkDeps {
  return openSinkDeps({
    clock: { nowMs: options.nowMs ?? (() => Date.now()) },
    sendMail: options.sendMail ?? (async () => ({ status: null, text: null })),
    allowCidrs: options.allowCidrs ?? ["127.0.0.0/8"],
    mailFrom: "AliveMCP <alerts@alivemcp.example>",
    apiUrl: "https://api.example",
    publicUrl: "https://status.example",
    telegramBotToken: options.telegramBotToken ?? null,
    vendors: options.vendors ?? {},
  });
}
