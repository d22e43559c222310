import { guardedFetch } from "@alivemcp/probe/guarded-fetch";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import type { Clock } from "@alivemcp/runtime/clock";
import type { SendMail } from "./send-mail.ts";
import type { SinkDeps, VendorUrls } from "./sink-client.ts";
import { VENDOR_URLS } from "./vendor-urls.ts";

/** Opens what sinks send with: one guard and one set of trust anchors for the whole process. Throws `invalid` on a bad range. */
export function openSinkDeps(input: {
  readonly clock: Clock;
  readonly sendMail: SendMail;
  /** `Name <address>` of every mail. */
  readonly mailFrom: string;
  /** Where mails are ended. */
  readonly apiUrl: string;
  /** Ranges of private addresses that the operator opened. */
  readonly allowCidrs: readonly string[];
  /** Where the status app is; named in the user agent. */
  readonly publicUrl: string;
  readonly telegramBotToken: string | null;
  /** Instead of the vendors' real hosts. */
  readonly vendors?: Partial<VendorUrls>;
}): SinkDeps {
  const { clock, sendMail, telegramBotToken } = input;
  const dialDeps = createProbeDeps({ allowCidrs: input.allowCidrs, publicUrl: input.publicUrl });
  return {
    clock,
    sendMail,
    mail: { host: hostOfMail(input.mailFrom), apiUrl: input.apiUrl },
    telegramBotToken,
    vendors: { ...VENDOR_URLS, ...input.vendors },
    fetch: (request) =>
      guardedFetch(
        { ...dialDeps, clock },
        { ...request, headers: ["user-agent", dialDeps.userAgent, ...request.headers] },
      ),
  };
}

/** Of an address or `Name <address>`; only what may stand in a Message-ID (RFC 5322, section 3.6.4). */
const hostOfMail = (from: string): string => /@([a-z0-9.-]+)>?\s*$/i.exec(from)?.[1] ?? "alivemcp.invalid";
