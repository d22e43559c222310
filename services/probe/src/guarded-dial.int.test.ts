import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { createAuthority, type ServerCertificate } from "../test/certificates.ts";
import { createAddressGuard } from "./address-guard.ts";
import { type DialDeps, type DialResult, type DialTarget, dial } from "./guarded-dial.ts";
import { createResolveHost, type Resolution } from "./resolve-host.ts";

const DAY_MS = 86_400_000;
const nowMs = Date.now();
const authority = await createAuthority();
const stranger = await createAuthority();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listen(server: Server, host = "127.0.0.1", port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  );
  return (server.address() as { port: number }).port;
}

function deps(overrides: Partial<DialDeps> = {}): DialDeps {
  return {
    clock: { nowMs: () => nowMs },
    resolve: createResolveHost(),
    guard: createAddressGuard({ allowCidrs: ["127.0.0.0/8"] }),
    secureContext: createSecureContext({ ca: authority.ca }),
    ...overrides,
  };
}

function dialOnce(dialDeps: DialDeps, target: Partial<DialTarget> & { port: number }): Promise<DialResult> {
  return new Promise((resolve) => {
    dial(
      dialDeps,
      {
        hostname: "127.0.0.1",
        isTls: false,
        addressBook: new Map(),
        addressOffset: 0,
        isOpenedOnly: false,
        ...target,
      },
      (result) => {
        if (result.outcome.kind === "connected") {
          result.outcome.socket.destroy();
        }
        resolve(result);
      },
    );
  });
}

const resolvesTo =
  (...addresses: string[]) =>
  (): Promise<Resolution> =>
    Promise.resolve({ kind: "resolved", addresses });

describe("the guarded dial", () => {
  test("connects to the address that was tested, and never asks for the name again", async () => {
    const port = await listen(createServer());
    let asked = 0;
    const resolve = () => {
      asked += 1;
      return Promise.resolve<Resolution>({
        kind: "resolved",
        addresses: asked === 1 ? ["127.0.0.1"] : ["10.0.0.1"],
      });
    };
    const target = { hostname: "rebinding.example", port, addressBook: new Map() };
    const dialDeps = deps({ resolve });
    expect((await dialOnce(dialDeps, target)).outcome.kind).toBe("connected");
    expect((await dialOnce(dialDeps, target)).outcome.kind).toBe("connected");
    expect(asked).toBe(1);
  });

  test("one private address among public ones refuses the name", async () => {
    const result = await dialOnce(deps({ resolve: resolvesTo("93.184.216.34", "10.0.0.1") }), {
      hostname: "mixed.example",
      port: 80,
    });
    expect(result.outcome).toEqual({ kind: "target-forbidden", detail: "target_forbidden" });
  });

  test.each(["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost", "169.254.169.254"])(
    "%s is refused where no range is opened, with nothing sent to it",
    async (hostname) => {
      let connections = 0;
      const port = await listen(createServer(() => (connections += 1)));
      const closed = deps({ guard: createAddressGuard({ allowCidrs: [] }) });
      expect((await dialOnce(closed, { hostname, port })).outcome.kind).toBe("target-forbidden");
      expect(connections).toBe(0);
    },
  );

  test.each([
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://①②⑦.0.0.1/",
  ])("%s is the loopback address in another spelling", async (url) => {
    const closed = deps({ guard: createAddressGuard({ allowCidrs: [] }) });
    const { hostname } = new URL(url);
    expect((await dialOnce(closed, { hostname, port: 9 })).outcome.kind).toBe("target-forbidden");
  });

  test("plain http where https is demanded goes to opened ranges only", async () => {
    const resolve = resolvesTo("93.184.216.34");
    const result = await dialOnce(deps({ resolve }), { hostname: "a.example", port: 80, isOpenedOnly: true });
    expect(result.outcome.kind).toBe("target-forbidden");
    const port = await listen(createServer());
    expect((await dialOnce(deps(), { port, isOpenedOnly: true })).outcome.kind).toBe("connected");
  });

  test("a closed port is refused, and another address of the name is tried first", async () => {
    const port = await listen(createServer(), "127.0.0.3");
    const refused = await dialOnce(deps(), { port, hostname: "127.0.0.2" });
    expect(refused.outcome).toEqual({ kind: "connect-refused", detail: "tcp_refused" });
    const resolve = resolvesTo("127.0.0.2", "127.0.0.3");
    expect((await dialOnce(deps({ resolve }), { port, hostname: "two.example" })).outcome.kind).toBe(
      "connected",
    );
  });

  test("a second attempt begins at the next address", async () => {
    const port = await listen(createServer(), "127.0.0.2");
    const seen: (string | undefined)[] = [];
    await listen(
      createServer((socket) => seen.push(socket.localAddress)),
      "127.0.0.3",
      port,
    );
    const resolve = resolvesTo("127.0.0.2", "127.0.0.3");
    await dialOnce(deps({ resolve }), { port, hostname: "two.example", addressOffset: 1 });
    await expect.poll(() => seen).toEqual(["127.0.0.3"]);
  });

  test("a name that does not exist, and a resolver that breaks, are DNS failures", async () => {
    const unknown = () => Promise.resolve<Resolution>({ kind: "failed", detail: "dns_nxdomain" });
    const broken = () => Promise.reject(new Error("no"));
    expect((await dialOnce(deps({ resolve: unknown }), { hostname: "x.example", port: 80 })).outcome).toEqual(
      {
        kind: "dns-failed",
        detail: "dns_nxdomain",
      },
    );
    expect((await dialOnce(deps({ resolve: broken }), { hostname: "x.example", port: 80 })).outcome).toEqual({
      kind: "dns-failed",
      detail: "dns_error",
    });
  });
});

describe("TLS", async () => {
  type Row = readonly [name: string, certificate: ServerCertificate, judged: string, expiresAtMs: number];
  const past = nowMs - DAY_MS;
  const future = nowMs + 30 * DAY_MS;
  const whole = (atMs: number) => Math.floor(atMs / 1_000) * 1_000;
  const names = ["localhost"];
  const good = await authority.issue({ names, notAfterMs: future });
  const expired = await authority.issue({ names, notAfterMs: past });
  const foreign = await stranger.issue({ names, notAfterMs: future });
  const foreignExpired = await stranger.issue({ names, notAfterMs: past });
  const misnamed = await authority.issue({ names: ["other.example"], notAfterMs: future });
  const ROWS: readonly Row[] = [
    ["a good certificate", good, "connected", whole(future)],
    ["an expired one", expired, "expired tls_cert_has_expired", whole(past)],
    ["one of an unknown issuer", foreign, "untrusted tls_cert_signature_failure", whole(future)],
    [
      "one of an unknown issuer that also expired",
      foreignExpired,
      "expired tls_cert_has_expired",
      whole(past),
    ],
    ["one of another host", misnamed, "hostname tls_cert_altname_invalid", whole(future)],
  ];
  test.each(ROWS)("%s: its end date is read either way", async (_name, certificate, judged, expiresAtMs) => {
    const server = createTlsServer(certificate);
    server.on("tlsClientError", () => {});
    const port = await listen(server);
    const { outcome, tlsExpiresAtMs, timings } = await dialOnce(deps(), {
      hostname: "localhost",
      port,
      isTls: true,
    });
    expect(outcome.kind === "tls-failed" ? `${outcome.failure} ${outcome.detail}` : outcome.kind).toBe(
      judged,
    );
    expect(tlsExpiresAtMs).toBe(expiresAtMs);
    expect(timings.tlsMs).toBeGreaterThan(0);
  });

  test("something that is not TLS, and a reset in the handshake, are TLS errors", async () => {
    const plain = await listen(createServer((socket) => socket.end("220 smtp ready\r\n")));
    const reset = await listen(createServer((socket) => socket.once("data", () => socket.resetAndDestroy())));
    for (const port of [plain, reset]) {
      const { outcome } = await dialOnce(deps(), { hostname: "localhost", port, isTls: true });
      expect(outcome).toMatchObject({ kind: "tls-failed", failure: "error" });
    }
  });
});

describe("resolving", () => {
  test("IP literals stand for themselves, bracketed or not", async () => {
    const resolve = createResolveHost();
    expect(await resolve("[::1]")).toEqual({ kind: "resolved", addresses: ["::1"] });
    expect(await resolve("10.0.0.1")).toEqual({ kind: "resolved", addresses: ["10.0.0.1"] });
  });

  test("localhost comes from the system, not from a name server", async () => {
    expect(await createResolveHost()("localhost")).toMatchObject({ kind: "resolved" });
  });
});
