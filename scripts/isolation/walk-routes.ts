/** Walks every route of an app as another tenant, with the victim's names in all of its parameters. */

export interface Route {
  readonly method: string;
  /** As hono writes it: `/v1/endpoints/:endpoint/pause`. */
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface RouteWalkInput {
  /** As `app.routes` lists them, middleware and repetitions included. */
  readonly routes: readonly Route[];
  /** Prefix under which a tenant's own things are; the rest is public or the person's own. */
  readonly isTenantRoute: (path: string) => boolean;
  /** What stands for a parameter in the intruder's requests; undefined: the drill was not taught. */
  readonly argument: (parameter: string) => string | undefined;
  /** Parameters that are the intruder's own, such as its workspace; all others name something of the victim's. */
  readonly ownParameters: readonly string[];
  /** With what the intruder must be refused; the route's owner is not asked where that is not "not found". */
  readonly refusals: (path: string) => readonly number[];
  /** A body that would do, were the caller the victim; it names what is the victim's. */
  readonly body: (route: Route) => Readonly<Record<string, unknown>>;
  /** What in a body names something of the victim's, as a parameter of the path would. */
  readonly victimIds: readonly string[];
  /** Asks as the intruder. */
  ask(route: Route, path: string, body: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** A fresh victim asks for its own: what one route ends, the next one still finds. */
  prove(route: Route): Promise<Answer>;
  /** Words that stand in the victim's rows and nowhere else. */
  readonly marks: readonly string[];
  /** Digest of everything the victim has. */
  readonly digest: () => Promise<string>;
}

export interface RouteWalk {
  readonly routes: number;
  readonly leaks: readonly string[];
}

/**
 * A route with the victim's names in it must refuse the intruder (with 404, where it is a tenant's) and show nothing of
 * the victim's; the victim itself must then get another answer to the same request, or nothing was tried. A route without parameters must not
 * show the victim's marks. When the intruder is through, the victim has what it had before.
 */
export async function walkRoutes(input: RouteWalkInput): Promise<RouteWalk> {
  const routes = distinct(input.routes).filter(({ path }) => input.isTenantRoute(path));
  const leaks: string[] = [];
  const before = await input.digest();
  for (const route of routes) {
    leaks.push(...(await tryRoute(input, route)));
  }
  if ((await input.digest()) !== before) {
    leaks.push("the intruder changed something of the victim's");
  }
  for (const route of routes.filter((one) => namesVictim(input, one) && isHidden(input, one))) {
    const { status, text } = await input.prove(route);
    if (IS_NO_TRIAL.has(status) || (status >= 500 && status !== UPSTREAM_AWAY)) {
      leaks.push(`${nameOf(route)}: its owner got ${status}, so nothing was tried: ${text.slice(0, 200)}`);
    }
  }
  return { routes: routes.length, leaks };
}

async function tryRoute(input: RouteWalkInput, route: Route): Promise<readonly string[]> {
  const untaught = parametersOf(route.path).find((name) => input.argument(name) === undefined);
  if (untaught !== undefined) {
    return [`${nameOf(route)}: no value for :${untaught}; teach the drill`];
  }
  const path = fillPath(route.path, input.argument);
  const answer = await input.ask(route, path, input.body(route));
  const leaks: string[] = [];
  const refusals = input.refusals(route.path);
  if (namesVictim(input, route) && !refusals.includes(answer.status)) {
    leaks.push(
      `${nameOf(route)}: answered ${answer.status} instead of ${refusals.join(" or ")}: ${answer.text.slice(0, 200)}`,
    );
  }
  const shown = input.marks.filter((mark) => answer.text.includes(mark) && !path.includes(mark));
  return shown.length === 0 ? leaks : [...leaks, `${nameOf(route)}: shows ${shown.join(", ")}`];
}

/** The path with a value for each parameter; one without a value becomes empty. */
export function fillPath(path: string, argument: (parameter: string) => string | undefined): string {
  return path.replace(PARAMETER, (_, name: string) => encodeURIComponent(argument(name) ?? ""));
}

/** Such an answer says nothing about whether the route knows the one from the other. */
const IS_NO_TRIAL: ReadonlySet<number> = new Set([401, 404]);
/** The owner got past the door to a service that the drill does not run. */
const UPSTREAM_AWAY = 502;

/** `:name`, with or without a pattern in braces. */
const PARAMETER = /:([a-z_]+)(?:\{[^}]*\})?\??/gi;
const parametersOf = (path: string) => [...path.matchAll(PARAMETER)].map(([, name]) => name as string);
const namesVictim = ({ ownParameters, victimIds, body }: RouteWalkInput, route: Route) =>
  parametersOf(route.path).some((name) => !ownParameters.includes(name)) ||
  Object.values(body(route)).some((value) => victimIds.includes(String(value)));
const isHidden = ({ refusals }: RouteWalkInput, { path }: Route) => refusals(path).includes(404);
const nameOf = ({ method, path }: Route) => `${method} ${path}`;

/** Each method and path once, without middleware. */
function distinct(routes: readonly Route[]): readonly Route[] {
  const byName = new Map(
    routes.filter(({ method }) => method !== "ALL").map((route) => [`${route.method} ${route.path}`, route]),
  );
  return [...byName.values()];
}
