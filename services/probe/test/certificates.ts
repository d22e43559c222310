/** Certificates of every kind a prober meets, made in memory: P-256, one throw-away authority per call of `createAuthority`. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0] & object);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

export interface ServerCertificate {
  /** PEM, as `tls.createServer` takes them. */
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority {
  /** PEM of the root, for `createSecureContext({ ca })`. */
  readonly ca: string;
  /** Issues a certificate for DNS names or IP addresses; valid from 90 days ago for 90 days to come unless told otherwise. */
  issue(input: {
    names: readonly string[];
    notBeforeMs?: number;
    notAfterMs?: number;
  }): Promise<ServerCertificate>;
}

export async function createAuthority(): Promise<TestAuthority> {
  const keys = await generateKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=AliveMCP test authority",
    notBefore: new Date(Date.now() - 400 * DAY_MS),
    notAfter: new Date(Date.now() + 400 * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    ca: root.toString("pem"),
    async issue({ names, notBeforeMs, notAfterMs = Date.now() + 90 * DAY_MS }) {
      const serverKeys = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: Date.now().toString(16),
        subject: `CN=${names[0]}`,
        issuer: root.subject,
        notBefore: new Date(notBeforeMs ?? Math.min(Date.now(), notAfterMs) - 90 * DAY_MS),
        notAfter: new Date(notAfterMs),
        publicKey: serverKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({
              type: /^[\d.]+$|:/.test(value) ? ("ip" as const) : ("dns" as const),
              value,
            })),
          ),
        ],
      });
      return { cert: certificate.toString("pem"), key: await exportKey(serverKeys.privateKey) };
    },
  };
}

/** A certificate for a DNS name that vouches for itself. */
export async function createSelfSigned(name: string): Promise<ServerCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 90 * DAY_MS),
    notAfter: new Date(Date.now() + 90 * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  return { cert: certificate.toString("pem"), key: await exportKey(keys.privateKey) };
}

async function generateKeys() {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
}
