/** Help texts of log-in walls, sick applications, slowness, and of failures that are ours. */
import { REPEAT_PROBE, type ReasonHelp } from "./public-help-shape.ts";
import type { FailureReason } from "./states.ts";

type ServiceReason = Extract<
  FailureReason,
  | "auth_required"
  | "auth_challenge_malformed"
  | "credential_rejected"
  | "credential_expiring"
  | "health_check_failed"
  | "health_check_timeout"
  | "health_url_failed"
  | "error_rate_elevated"
  | "latency"
  | "probe_error"
>;

const SHOW_CHALLENGE = {
  command: 'curl -sS -o /dev/null -D - -X POST "$URL" | grep -i www-authenticate',
  answers: "Is there a challenge, and does it name resource_metadata?",
};

export const SERVICE_HELP: Record<ServiceReason, ReasonHelp> = {
  auth_required: {
    title: "Login required",
    meaning: "The endpoint is reachable and refuses requests without credentials, as it should.",
    effect: "Clients with credentials can use it. What lies behind the login is not measured here.",
    causes: [
      "The endpoint is meant to be used with an account: nothing is wrong.",
      "If it used to be open: a deployment switched authentication on.",
    ],
    commands: [SHOW_CHALLENGE, REPEAT_PROBE],
  },
  auth_challenge_malformed: {
    title: "Login challenge broken",
    meaning:
      "The endpoint asks for a login, but clients cannot find out how: the WWW-Authenticate challenge or the metadata that it names is broken.",
    effect: "Clients that know the credentials already work; those that must discover the login do not.",
    causes: [
      "resource_metadata points to a URL that answers 404, or names another resource.",
      "The authorization server's metadata is missing or its issuer differs.",
      "The challenge is not well-formed (RFC 9110, section 11.6.1).",
    ],
    commands: [
      SHOW_CHALLENGE,
      {
        command: 'curl -sS "https://$HOST/.well-known/oauth-protected-resource"',
        answers: "Is the protected-resource metadata (RFC 9728) there?",
      },
      REPEAT_PROBE,
    ],
  },
  credential_rejected: {
    title: "Credential rejected",
    meaning: "The credential that the owner stored for the probe is no longer accepted.",
    effect: "Only the probe's own account is known to be affected.",
    causes: ["The token was revoked or has expired.", "The account behind it lost its rights."],
    commands: [REPEAT_PROBE],
  },
  credential_expiring: {
    title: "Credential about to expire",
    meaning: "The credential that the owner stored for the probe ends within 72 hours.",
    effect: "None yet.",
    causes: ["The token has a fixed life and was not renewed."],
    commands: [REPEAT_PROBE],
  },
  health_check_failed: {
    title: "Health check failed",
    meaning:
      "The protocol works, but the endpoint's own health tool reports an error, or a result that its owner does not call well.",
    effect: "Agents can connect and list tools; calling them may fail.",
    causes: [
      "Something behind the endpoint is away: a database, an API, a licence.",
      "An expectation that the owner set on the health result is not met.",
    ],
    commands: [
      {
        command: 'npx alivemcp check "$URL" --tool health_check',
        answers: "What does the health tool say now?",
      },
    ],
  },
  health_check_timeout: {
    title: "Health check too slow",
    meaning: "The protocol works, but the endpoint's health tool did not answer in time.",
    effect: "Tool calls are probably slow or hanging.",
    causes: ["A dependency of the tool hangs.", "The tool does too much for a health check."],
    commands: [
      {
        command: 'npx alivemcp check "$URL" --tool health_check --timeout 60',
        answers: "How long does it take, if it ends?",
      },
    ],
  },
  health_url_failed: {
    title: "Health URL failed",
    meaning:
      "The protocol works, but a health URL that the owner named did not answer 2xx, or its JSON says in its status that it is not well.",
    effect: "A part of the service beside MCP has a problem.",
    causes: ["A dependency that the health URL checks is away.", "The URL moved."],
    commands: [REPEAT_PROBE],
  },
  error_rate_elevated: {
    title: "Elevated error rate",
    meaning: "More than 5 % of the probes of the last 30 minutes failed, without a lasting outage.",
    effect: "Calls fail now and then; retrying usually helps.",
    causes: [
      "One of several replicas is sick.",
      "The endpoint restarts often: memory limit, crash loop.",
      "A rate limit or a connection limit is near.",
    ],
    commands: [
      {
        command: 'for i in $(seq 20); do npx alivemcp check "$URL" --json | jq -r .state; done',
        answers: "How many of twenty probes fail?",
      },
    ],
  },
  latency: {
    title: "Slow",
    meaning:
      "The handshake took longer than 5 seconds or than its owner accepts, or far longer than this endpoint usually takes.",
    effect: "It works, but agents wait; clients with a short timeout fail.",
    causes: [
      "Cold starts: the platform stops the process when it is idle.",
      "The host is overloaded.",
      "The endpoint calls something slow before it answers the handshake.",
    ],
    commands: [
      {
        command:
          'curl -sS -o /dev/null -w "dns %{time_namelookup} connect %{time_connect} tls %{time_appconnect} first byte %{time_starttransfer}\\n" -X POST "$URL"',
        answers: "Which phase takes the time?",
      },
      REPEAT_PROBE,
    ],
  },
  probe_error: {
    title: "Not measured (our fault)",
    meaning: "The probe itself failed. It says nothing about the endpoint and never counts against it.",
    effect: "None: the state is unknown for these minutes.",
    causes: ["A fault in the prober, or the network of our region."],
    commands: [REPEAT_PROBE],
  },
};
