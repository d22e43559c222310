import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Mailbox } from "../../services/runtime/test/mailbox.ts";
import { bodyDocument, listPage, mailPage, missingPage } from "./mailbox-view.ts";

/** Links work, in a tab of their own; nothing else of a mail does. The style element is ours. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'";

/** Shows the mails of a mailbox on loopback: `/`, `/mails/<id>`, and the HTML of one in a sandboxed frame. */
export async function serveMailboxPage(
  mailbox: Mailbox,
  port: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    // A name that resolves here would make this page readable by a site: only our own is answered.
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (host !== "127.0.0.1" && host !== "localhost") {
      answer(response, 421, "Ask for 127.0.0.1.");
    } else {
      const { status, body } = pageAt(mailbox, request.url ?? "/");
      answer(response, status, body);
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pageAt(mailbox: Mailbox, target: string): { readonly status: number; readonly body: string } {
  const [, area, id, part] = (target.split("?")[0] ?? "").split("/");
  if (area === "") {
    return { status: 200, body: listPage(mailbox.list()) };
  }
  const mail = area === "mails" ? mailbox.find(Number(id)) : null;
  if (mail === null) {
    return { status: 404, body: missingPage() };
  }
  return { status: 200, body: part === "body" ? bodyDocument(mail) : mailPage(mail) };
}

function answer(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    })
    .end(body);
}
