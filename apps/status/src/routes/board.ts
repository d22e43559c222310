import { Hono } from "hono";
import { boardPath, parseBoardQuery } from "../board/board-query.ts";
import { boardView } from "../board/board-view.ts";
import { selectBoard } from "../board/select-board.ts";
import type { Deps } from "../deps.ts";
import { staleNotice } from "../stale-notice.ts";
import { layout } from "../views/layout.ts";

/** `GET /`: the public board, filtered by its query string. */
export function boardRoutes(
  deps: Pick<Deps, "site" | "clock" | "listBoard" | "pages" | "catalogue" | "liveStates">,
): Hono {
  const routes = new Hono();
  routes.get("/", async (c) => {
    const query = parseBoardQuery(new URL(c.req.url).searchParams);
    const path = boardPath(query, { page: query.page });
    const page = await deps.pages.get(path, async () => {
      const board = selectBoard(deps.listBoard(), query);
      return layout(deps.site, {
        title: "AliveMCP: MCP endpoints, watched from outside",
        description: "Which MCP servers are alive now: every public endpoint, probed in its own protocol.",
        path: "/",
        body: boardView(query, board, deps.clock.nowMs()),
        isIndexed: path === "/",
        script: "liveScript",
        notice: staleNotice(deps),
      });
    });
    return c.html(page, 200, { "cache-control": "public, max-age=5" });
  });
  return routes;
}
