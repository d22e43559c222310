/** The dashboard with real sign-in, over real Postgres, Redis and SMTP, as browsers with cookies see it. */
import { loadConfig } from "@alivemcp/runtime/config";
import { openLogger } from "@alivemcp/runtime/logger";
import { openPool } from "@alivemcp/runtime/postgres";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import type { Hono } from "hono";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { type Mailbox, openMailbox, type ReceivedMail } from "../../../services/runtime/test/mailbox.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { makeTestSinkKey } from "../../../services/runtime/test/sink-keys.ts";
import { buildApp } from "../src/app.ts";
import { configSchema } from "../src/config.ts";
import { assembleDeps, type Deps } from "../src/deps.ts";
import type { WebEnv } from "../src/web-env.ts";

export const APP_URL = "http://127.0.0.1:4400";
export const PASSWORD = "correct horse battery";

export interface TestWeb {
  readonly app: Hono<WebEnv>;
  readonly deps: Deps;
  readonly database: TestDatabase;
  readonly mailbox: Mailbox;
  readonly redis: Redis;
  readonly store: TestRedis;
  /** Every line that was logged. */
  readonly logged: string[];
  close(): Promise<void>;
}

export async function openTestWeb(env: Readonly<Record<string, string>> = {}): Promise<TestWeb> {
  const [database, store, mailbox] = await Promise.all([openTestDatabase(), openTestRedis(), openMailbox()]);
  const config = loadConfig(configSchema, {
    DATABASE_URL: database.url("app"),
    IDENTITY_DATABASE_URL: database.url("identity"),
    REDIS_URL: store.url,
    METRICS_PORT: "0",
    PORT: "0",
    APP_URL,
    PUBLIC_URL: "https://status.example",
    API_URL: "https://api.example",
    AUTH_SECRET: "only-the-tests-sign-with-this-secret",
    TICKET_KEY: "t".repeat(32),
    SINK_PUBLIC_KEY: makeTestSinkKey().publicText,
    INTERNAL_URL: "http://127.0.0.1:9",
    INTERNAL_TOKEN: "i".repeat(32),
    DEFAULT_PLAN: "team",
    SMTP_URL: mailbox.smtpUrl,
    MAIL_FROM: "AliveMCP <alivemcp@example.com>",
    // Tests say by this header where they ask from.
    TRUSTED_PROXY_HOPS: "1",
    ...env,
  });
  const quiet = { max: 4, applicationName: "test", onError: () => {} };
  const pool = openPool(config.DATABASE_URL, quiet);
  const identityPool = openPool(config.IDENTITY_DATABASE_URL, quiet);
  const redis = openRedis(store.url, { name: "test", onError: () => {}, commandTimeoutMs: 500 });
  const logged: string[] = [];
  const parts = assembleDeps({
    config,
    log: openLogger("web", "trace", { write: (line: string) => void logged.push(line) }),
    clock: { nowMs: () => Date.now() },
    pool,
    identityPool,
    redis,
    regions: [],
    probeQueues: new Map(),
  });
  const deps: Deps = { ...parts, close: async () => {} };
  return {
    app: buildApp(deps, { isReady: async () => true, stopping: new AbortController().signal }),
    deps,
    database,
    mailbox,
    redis,
    store,
    logged,
    async close() {
      await deps.mailer.close();
      redis.disconnect();
      await Promise.all([pool.end(), identityPool.end()]);
      await Promise.all([database.close(), store.close(), mailbox.close()]);
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  readonly headers: Headers;
}

/** A browser: keeps cookies, sends Origin and Sec-Fetch-Site, and fills in the hidden fields of forms that it saw. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Opens `page`, takes the form token from it, and posts these fields to `path` (default: the page's). */
  submit(page: string, fields: Record<string, string>, path?: string): Promise<Answer>;
  /** Posts without looking at a page first. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  readonly address: string;
}

let lastAddress = 0;

export function openBrowser(
  web: Pick<TestWeb, "app">,
  options: { readonly address?: string } = {},
): TestBrowser {
  lastAddress += 1;
  const address = options.address ?? `198.51.${lastAddress >> 8}.${lastAddress & 255}`;
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = new Headers(init.headers);
    headers.set("x-forwarded-for", address);
    headers.set("user-agent", "Test/1.0");
    if (cookies.size > 0 && !headers.has("cookie")) {
      headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const response = await web.app.request(new URL(path, APP_URL).href, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      const isGone = value === "" || attributes.some((part) => /^max-age=0$/i.test(part));
      if (isGone) {
        cookies.delete(name);
      } else {
        cookies.set(name, value);
      }
    }
    return {
      status: response.status,
      text: await response.text(),
      location: response.headers.get("location"),
      headers: response.headers,
    };
  };
  const post: TestBrowser["post"] = (path, fields, headers = {}) =>
    send(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: APP_URL, "sec-fetch-site": "same-origin", ...headers },
    });
  return {
    address,
    cookies,
    get: (path, headers = {}) => send(path, { headers }),
    post,
    async submit(page, fields, path = page.split("?")[0] ?? page) {
      const { text } = await send(page, {});
      return post(path, { ...hiddenFields(text, path), ...fields });
    },
  };
}

/** Hidden fields of the form on the page that posts to this path; of the first form when none does. */
export function hiddenFields(page: string, path: string): Record<string, string> {
  const forms = page.split("<form").slice(1);
  const form = forms.find((part) => part.includes(`action="${path}"`)) ?? forms.at(-1) ?? "";
  const fields: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input type="hidden"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name !== undefined) {
      fields[name] = unescapeHtml(/value="([^"]*)"/.exec(input)?.[1] ?? "");
    }
  }
  return fields;
}

const unescapeHtml = (text: string) =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** The link of ours in a mail, as path and query. */
export function linkIn(mail: ReceivedMail): string {
  const url = /https?:\/\/[^/\s]+(\/\S*token=\S+)/.exec(mail.text)?.[1];
  if (url === undefined) {
    throw new Error(`no link in ${mail.text}`);
  }
  return url;
}

export interface TestPerson {
  readonly email: string;
  readonly browser: TestBrowser;
}

let people = 0;
export const freshEmail = (name = "person") => `${name}${++people}-${process.pid}@example.com`;

/** Signs somebody up and confirms them by their mail: they are signed in, in their browser. */
export async function signUp(
  web: TestWeb,
  options: { readonly email?: string; readonly name?: string; readonly password?: string } = {},
): Promise<TestPerson> {
  const email = options.email ?? freshEmail();
  const browser = openBrowser(web);
  await browser.submit("/sign-up", {
    name: options.name ?? "Zoë",
    email,
    password: options.password ?? PASSWORD,
  });
  const mail = await web.mailbox.waitFor(email, ({ subject }) => subject === "Confirm your address");
  const confirmed = await browser.submit(linkIn(mail), {});
  if (confirmed.status !== 303) {
    throw new Error(`not confirmed: ${confirmed.status} ${confirmed.text}`);
  }
  return { email, browser };
}

export const signIn = (
  browser: TestBrowser,
  email: string,
  password: string = PASSWORD,
  next = "/",
): Promise<Answer> => browser.submit("/sign-in", { email, password, next });
