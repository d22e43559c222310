/**
 * X.509 certificates made when a test runs, valid exactly as long as it wants: no key lies in the repository, nothing
 * expires on a Sunday. Just enough DER (ITU-T X.690) for RFC 5280, section 4.1.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

interface CertificateInput {
  readonly commonName: string;
  /** Host names for subjectAltName; an authority has none. */
  readonly hosts: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Who signs; itself when absent. */
  readonly issuer?: Certificate & { readonly commonName: string };
  readonly isAuthority?: boolean;
}

const OID = {
  commonName: "550403",
  ecdsaWithSha256: "2a8648ce3d040302",
  basicConstraints: "551d13",
  subjectAltName: "551d11",
} as const;

/** Makes a P-256 certificate and its key. */
export function makeCertificate(input: CertificateInput): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer: KeyObject = input.issuer === undefined ? privateKey : createPrivateKey(input.issuer.key);
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name(input.issuer?.commonName ?? input.commonName),
    sequence(time(input.notBeforeMs), time(input.notAfterMs)),
    name(input.commonName),
    createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({
      type: "spki",
      format: "der",
    }),
    tagged(0xa3, sequence(...extensions(input))),
  );
  const signature = sign("sha256", body, signer);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.from([0]), signature));
  const lines = (der.toString("base64").match(/.{1,64}/g) ?? []).join("\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function extensions({ hosts, isAuthority = false }: CertificateInput): Buffer[] {
  const constraints = sequence(
    oid(OID.basicConstraints),
    tagged(0x01, Buffer.from([0xff])),
    tagged(0x04, isAuthority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence()),
  );
  const names = sequence(
    oid(OID.subjectAltName),
    tagged(0x04, sequence(...hosts.map((host) => tagged(0x82, Buffer.from(host))))),
  );
  return hosts.length === 0 ? [constraints] : [constraints, names];
}

function name(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(OID.commonName), tagged(0x0c, Buffer.from(commonName)))));
}

/** GeneralizedTime, whatever the year: OpenSSL reads it, and one form is enough here. */
function time(atMs: number): Buffer {
  const text = `${new Date(atMs).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return tagged(0x18, Buffer.from(text));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) {
    return [length];
  }
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
