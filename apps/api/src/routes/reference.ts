import { createRequire } from "node:module";
import { dirname } from "node:path";
import { definitionJsonSchema } from "@batonrun/core";
import express, { type RequestHandler } from "express";
import { z } from "zod";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import type { OpenApiDocument } from "../http/openapi.js";
import { ownPagePolicy } from "../http/site/page-policy.js";

const tag = "Reference";

/** How this API describes itself. The document lists these endpoints too, so it is passed as a function. */
export function referenceRoutes(document: () => OpenApiDocument): Endpoint[] {
  return [openApi(document), languageSchema(), docsPage(), docsScript()];
}

function openApi(document: () => OpenApiDocument): Endpoint {
  return endpoint({
    ...plain,
    id: "openapi",
    method: "get",
    path: "/openapi.json",
    tag,
    summary: "OpenAPI 3.1 document of this API",
    successes: { 200: jsonSuccess("The document", z.record(z.string(), z.unknown())) },
    handle: () => ({ status: 200, json: document() }),
  });
}

function languageSchema(): Endpoint {
  return endpoint({
    ...plain,
    id: "workflowSchema",
    method: "get",
    path: "/schemas/baton-v1.schema.json",
    tag,
    summary: "JSON Schema of the workflow format, for editors and linters",
    offers: { schema: "application/schema+json", json: "application/json" },
    successes: {
      200: {
        description: "The schema (draft 2020-12)",
        content: { "application/schema+json": { schema: z.record(z.string(), z.unknown()) } },
      },
    },
    handle: ({ mediaType }) => ({
      status: 200,
      headers: { "Cache-Control": "public, max-age=3600" },
      text: JSON.stringify(definitionJsonSchema()),
      mediaType,
    }),
  });
}

const html = { html: "text/html" };

function docsPage(): Endpoint {
  return endpoint({
    ...plain,
    id: "docs",
    method: "get",
    path: "/docs",
    tag,
    summary: "API reference as a self-contained HTML page",
    offers: html,
    successes: { 200: { description: "The page", content: { "text/html": { schema: z.string() } } } },
    handle: () => ({ status: 200, headers: ownPagePolicy, text: page, mediaType: html.html }),
  });
}

function docsScript(): Endpoint {
  return endpoint({
    ...plain,
    id: "docsScript",
    method: "get",
    path: "/docs/start.js",
    tag,
    summary: "Script of the API reference page",
    offers: { script: "text/javascript" },
    successes: { 200: { description: "The script", content: { "text/javascript": { schema: z.string() } } } },
    handle: () => ({ status: 200, text: script, mediaType: "text/javascript" }),
  });
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Baton API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const script = `window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

const assets: ReadonlySet<string> = new Set(["/swagger-ui.css", "/swagger-ui-bundle.js", "/favicon-32x32.png"]);

/** Serves only those files of swagger-ui that the page loads. */
export function docsAssets(): RequestHandler {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const serve = express.static(folder, { index: false, redirect: false, maxAge: "1h" });
  return (request, response, next) => (assets.has(request.path) ? serve(request, response, next) : next());
}
