import type { Request, Response } from "express";

export type ReplyHeaders = Readonly<Record<string, string>>;

/** The response of a handler; the router sends it. */
export type Reply =
  | { readonly status: number; readonly headers?: ReplyHeaders; readonly json: unknown }
  | {
      readonly status: number;
      readonly headers?: ReplyHeaders;
      readonly text: string;
      readonly mediaType: string;
    }
  | { readonly status: 204 }
  | {
      readonly mediaType: string;
      readonly stream: (request: Request, response: Response) => Promise<void>;
    };

export async function send(reply: Reply, request: Request, response: Response): Promise<void> {
  if ("stream" in reply) {
    if (request.method === "HEAD") response.status(200).type(reply.mediaType).end();
    else await reply.stream(request, response);
    return;
  }
  response.status(reply.status);
  if ("headers" in reply) response.set({ ...reply.headers });
  if ("json" in reply) response.type("application/json").send(JSON.stringify(reply.json));
  else if ("text" in reply) response.type(reply.mediaType).send(reply.text);
  else response.end();
}
