import { expect, test } from "vitest";
import { openLogger } from "./logger.ts";

function logged(write: (log: ReturnType<typeof openLogger>) => void): string {
  const lines: string[] = [];
  write(openLogger("test", "info", { write: (line: string) => void lines.push(line) }));
  return lines.join("");
}

test("a secret field is blanked wherever it stands in the first two levels", () => {
  const line = logged((log) =>
    log.info({ token: "s3cret", request: { headers: { authorization: "s3cret" }, password: "s3cret" } }, "x"),
  );
  expect(line).not.toContain("s3cret");
});

test.each([
  ["a bearer token in a message", "got Bearer s3cretvalue"],
  ["an API key of ours", "key amk_live_s3cret_s3cret"],
  ["a password in a URL", "cannot reach postgres://app:s3cret@127.0.0.1/db"],
  ["a token in a form", 'sent "refresh_token=s3cret&client_secret=s3cret"'],
  ["a code in a redirect", "GET https://app.example/oauth/callback?code=s3cret&state=s3cret"],
  ["a token in the path of a mail's link", `POST /u/s3cret${"x".repeat(40)}`],
  ["the secret of a webhook", "signed with whsec_s3cret"],
  ["the URL of a Slack webhook", "POST https://hooks.slack.com/services/T0/B0/s3cret"],
  ["the URL of a Discord webhook", "POST https://discord.com/api/webhooks/123/s3cret"],
  ["the token of a Telegram bot", "POST https://api.telegram.org/bot1:s3cret/sendMessage"],
  ["a token in a query string", "GET https://example.com/mcp?token=s3cret&x=1"],
])("%s is blanked in free text and in errors", (_name, text) => {
  expect(logged((log) => log.info(text))).not.toContain("s3cret");
  expect(logged((log) => log.error({ err: new Error(text) }, "failed"))).not.toContain("s3cret");
});

test("of a failed query the statement is logged, and none of its values", () => {
  const params = ["s3cret@example.com", "https://example.com/mcp?mine=s3cret\n2"];
  const refusal = Object.assign(new Error("duplicate key value violates unique constraint"), {
    code: "23505",
    detail: "Key (email)=(s3cret@example.com) already exists.",
    where: "COPY users, line 1: s3cret",
  });
  const failed = Object.assign(
    new Error(`Failed query: insert into users values ($1, $2)\nparams: ${params}`, { cause: refusal }),
    { query: "insert into users values ($1, $2)", params },
  );
  for (const err of [failed, refusal, new Error("outer", { cause: failed })]) {
    const line = logged((log) => log.error({ err }, "unexpected"));
    expect(line).not.toContain("s3cret");
    expect(line).toContain("duplicate key value");
  }
  expect(logged((log) => log.error({ err: failed }, "unexpected"))).toContain("insert into users");
  expect(logged((log) => log.error({ err: "no error at all" }, "unexpected"))).toContain("no error at all");
});

test("ordinary text is left as it is", () => {
  expect(logged((log) => log.info({ jobId: "a-1" }, "probed https://example.com/mcp"))).toContain(
    "https://example.com/mcp",
  );
});
