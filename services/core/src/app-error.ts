/** The nine ways a request may be refused or fail, each with one HTTP status. */
export const ERROR_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  limit_reached: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  internal: 500,
  upstream: 502,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

/**
 * A refusal or failure that has a name. `internal` is logged and never sent; `public` is sent and holds no ids, hosts
 * or SQL. `field` names the offending input, when there is one.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly public: string;
  readonly field: string | null;
  /** Seconds after which asking again may help; becomes `Retry-After`. */
  readonly retryAfterS: number | null;
  /** What a program or page may go on with, as members of the answer (RFC 9457, section 3.2); as public as `public`. */
  readonly facts: Readonly<Record<string, string>>;

  constructor(input: {
    code: ErrorCode;
    internal: string;
    public: string;
    field?: string;
    retryAfterS?: number;
    facts?: Readonly<Record<string, string>>;
    cause?: unknown;
  }) {
    super(input.internal, { cause: input.cause });
    this.name = "AppError";
    this.code = input.code;
    this.public = input.public;
    this.field = input.field ?? null;
    this.retryAfterS = input.retryAfterS ?? null;
    this.facts = input.facts ?? {};
  }
}
