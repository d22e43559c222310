import { invariant } from "@alivemcp/core/invariant";
import type { Viewer, WebContext } from "./web-env.ts";

/** Who is signed in, in a route behind `requireViewer`. */
export function viewerOf(c: WebContext): Viewer {
  const { viewer } = c.var;
  invariant(viewer !== null, "routes behind requireViewer have a viewer");
  return viewer;
}
