import { AppError } from "@alivemcp/core/app-error";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

const KIB = 1_024;
const BODY_KIB_MAX = 64;
/** A file of an import (`IMPORT_BYTES_MAX`) as a JSON string, in which a character may take two. */
const IMPORT_KIB_MAX = 2_048;
/** A logo (`LOGO_BYTES_MAX`) in base64, four characters for three bytes; somewhat larger ones get their own sentence. */
const LOGO_KIB_MAX = 320;
const LOGO_PATH = /^\/v1\/status-pages\/[^/]+\/logo$/;

/** Refuses a body above 64 KiB, of an import above 2 MiB, of a logo above 320 KiB, before it is read to its end. */
export function limitBodies(): MiddlewareHandler {
  const ordinary = limited(BODY_KIB_MAX);
  const imports = limited(IMPORT_KIB_MAX);
  const logos = limited(LOGO_KIB_MAX);
  return (c, next) =>
    (c.req.path === "/v1/imports" ? imports : LOGO_PATH.test(c.req.path) ? logos : ordinary)(c, next);
}

const limited = (kibMax: number) =>
  bodyLimit({
    maxSize: kibMax * KIB,
    onError: () => {
      throw new AppError({
        code: "invalid",
        internal: "body too large",
        public: `The body is larger than ${kibMax} KiB.`,
        field: "body",
      });
    },
  });
