/** Help texts of the failures below MCP: name resolution, connection, TLS, redirects. */
import { REPEAT_PROBE, type ReasonHelp } from "./public-help-shape.ts";
import type { FailureReason } from "./states.ts";

type NetworkReason = Extract<
  FailureReason,
  | "dns_failure"
  | "connection_refused"
  | "connection_timeout"
  | "tls_expired"
  | "tls_untrusted"
  | "tls_hostname"
  | "tls_error"
  | "redirect_blocked"
  | "target_blocked"
  | "timeout"
>;

const SHOW_CERTIFICATE = {
  command:
    'openssl s_client -connect "$HOST:443" -servername "$HOST" </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName',
  answers: "Which certificate is presented, for which names, and until when?",
};
const NOBODY_CONNECTS = "No client can connect: agents that use this endpoint lose all of its tools.";
const NOBODY_TRUSTS = "Clients that verify certificates, which is all of them by default, refuse to connect.";

export const NETWORK_HELP: Record<NetworkReason, ReasonHelp> = {
  dns_failure: {
    title: "Name does not resolve",
    meaning: "The host name of the endpoint has no usable address record.",
    effect: NOBODY_CONNECTS,
    causes: [
      "The domain or the record was removed, renamed or has expired.",
      "A name server of the zone does not answer, or DNSSEC signatures have lapsed.",
      "The platform dropped the custom domain after a re-deployment.",
    ],
    commands: [
      { command: 'dig +short A "$HOST"; dig +short AAAA "$HOST"', answers: "Is there any address?" },
      { command: 'dig +trace "$HOST"', answers: "Which name server breaks the chain?" },
      REPEAT_PROBE,
    ],
  },
  connection_refused: {
    title: "Connection refused",
    meaning: "The host answered, but nothing accepts connections on the port, or the connection was reset.",
    effect: NOBODY_CONNECTS,
    causes: [
      "The process crashed or has not started again after a deployment.",
      "It listens on 127.0.0.1 or on another port than the one published.",
      "A firewall or load balancer rejects the connection, or the host has no route.",
    ],
    commands: [
      { command: 'nc -vz "$HOST" 443', answers: "Does anything accept a connection on the port?" },
      { command: "ss -ltnp", answers: "On the host: which process listens where?" },
      REPEAT_PROBE,
    ],
  },
  connection_timeout: {
    title: "Connection timed out",
    meaning: "No TCP connection came about within 5 seconds.",
    effect: NOBODY_CONNECTS,
    causes: [
      "A firewall or security group drops packets in silence.",
      "The host is switched off, or scaled to zero and slow to wake.",
      "The host is overloaded and its accept queue is full.",
    ],
    commands: [
      { command: 'nc -vz -w 5 "$HOST" 443', answers: "Is a connection possible from here?" },
      { command: 'mtr -rwc 10 "$HOST"', answers: "Where on the way do packets get lost?" },
      REPEAT_PROBE,
    ],
  },
  tls_expired: {
    title: "TLS certificate expired",
    meaning: "The certificate's validity has ended (or has not begun).",
    effect: NOBODY_TRUSTS,
    causes: [
      "Automatic renewal failed: the ACME challenge is no longer reachable, or the account hit a limit.",
      "The certificate was renewed but the process still serves the old one.",
      "The clock of the host is wrong.",
    ],
    commands: [
      SHOW_CERTIFICATE,
      { command: "certbot certificates", answers: "On the host: was it renewed, and not reloaded?" },
      REPEAT_PROBE,
    ],
  },
  tls_untrusted: {
    title: "TLS certificate not trusted",
    meaning: "The certificate does not lead to a publicly trusted root.",
    effect: NOBODY_TRUSTS,
    causes: [
      "The intermediate certificate is missing from what the endpoint sends: browsers repair this, clients do not.",
      "The certificate is self-signed or from a private authority.",
      "The platform serves its default certificate because the domain is not attached to the deployment.",
    ],
    commands: [
      {
        command: 'openssl s_client -connect "$HOST:443" -servername "$HOST" -showcerts </dev/null',
        answers: "Is the whole chain sent?",
      },
      SHOW_CERTIFICATE,
      REPEAT_PROBE,
    ],
  },
  tls_hostname: {
    title: "TLS certificate for another name",
    meaning: "The certificate is valid, but not for the host name of the endpoint.",
    effect: NOBODY_TRUSTS,
    causes: [
      "The domain is not (or no longer) attached to the deployment, and the platform answers for another one.",
      "The certificate covers example.com but not the sub-domain in use.",
      "DNS points at an old host.",
    ],
    commands: [
      SHOW_CERTIFICATE,
      { command: 'dig +short "$HOST"', answers: "Is it the right host?" },
      REPEAT_PROBE,
    ],
  },
  tls_error: {
    title: "TLS handshake failed",
    meaning:
      "Encryption could not be agreed upon: the connection broke, or versions and ciphers do not match.",
    effect: NOBODY_CONNECTS,
    causes: [
      "The port speaks plain HTTP, or something that is not TLS.",
      "Only TLS 1.0 or 1.1 is offered.",
      "A proxy in front cannot reach its own upstream and drops the handshake.",
    ],
    commands: [
      {
        command: 'openssl s_client -connect "$HOST:443" -servername "$HOST" </dev/null',
        answers: "At which message does the handshake end?",
      },
      { command: 'curl -vsS -o /dev/null "$URL"', answers: "What does an ordinary client say?" },
      REPEAT_PROBE,
    ],
  },
  redirect_blocked: {
    title: "Redirect not followed",
    meaning:
      "The endpoint redirects to where a client must not follow: another origin, from https to http, a log-in page, or in circles.",
    effect: "MCP clients send POST requests and do not follow such redirects: they fail with an HTTP error.",
    causes: [
      "The path lacks or has one slash too many, and the framework redirects to http:// behind the proxy.",
      "The endpoint moved; the published URL is the old one.",
      "A gateway sends visitors without a session to a log-in page instead of answering 401.",
    ],
    commands: [
      { command: 'curl -sS -o /dev/null -D - -X POST "$URL"', answers: "Where does Location point?" },
      {
        command: "uvicorn … --proxy-headers --forwarded-allow-ips='*'",
        answers: "Python behind a proxy: does the redirect keep https with this?",
      },
      REPEAT_PROBE,
    ],
  },
  target_blocked: {
    title: "Address not allowed",
    meaning:
      "The host name resolves to an address that is not public (private, loopback, link-local or reserved), so it was not contacted.",
    effect: "From the public internet the endpoint does not exist.",
    causes: [
      "The record points at an internal address, often after a move into a private network.",
      "The endpoint, or a URL that it handed out, names localhost.",
      "A DNS filter on the way answers 0.0.0.0.",
    ],
    commands: [
      { command: 'dig +short A "$HOST" @1.1.1.1', answers: "Which address does the world see?" },
      {
        command: 'npx alivemcp check "$URL" --allow-private',
        answers: "Does it work from inside the network?",
      },
    ],
  },
  timeout: {
    title: "No answer in time",
    meaning:
      "The connection stood, but an answer did not come, or did not end, within its limit (15 seconds a request, 30 the whole probe).",
    effect: "Clients hang until their own timeout and then report the endpoint as unavailable.",
    causes: [
      "The process is blocked: a dead database connection, an exhausted pool, a long synchronous task.",
      "A proxy buffers the event stream, so that the reply is never flushed.",
      "A cold start takes longer than 15 seconds.",
    ],
    commands: [
      {
        command:
          'curl -sS -o /dev/null -w "connect %{time_connect} first byte %{time_starttransfer} total %{time_total}\\n" -X POST "$URL"',
        answers: "Which phase takes the time?",
      },
      {
        command: "proxy_buffering off;  # nginx, in the location of the endpoint",
        answers: "Does the reply arrive when the proxy no longer buffers?",
      },
      REPEAT_PROBE,
    ],
  },
};
