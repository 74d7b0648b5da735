// The page that shows the OpenAPI document to people: plain HTML without scripts, so that the strictest policy fits.

import { createHash } from 'node:crypto';

interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

type Content = Readonly<Record<string, { readonly schema: unknown }>>;

/** The part of OpenAPI that our own document uses. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: unknown;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border: 1px solid #8884; border-radius: 6px; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow: auto; max-height: 30rem; background: #8881; padding: .6rem; border-radius: 6px; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
.about { color: #777; margin-left: .6rem; }
th, td { text-align: left; padding: .1rem .8rem .1rem 0; vertical-align: top; }
a { color: inherit; }
`;

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** `document`: as `openApiDocument` makes it. */
export function apiPage(document: Record<string, unknown>): Page {
  const { info, tags, paths, components } = document as unknown as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<h2>${escapeHtml(name)}</h2>\n${own.map(({ path, method, operation }) => operationHtml(method, path, operation)).join('\n')}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary>${schemaHtml(schema)}</details>`,
  );
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)} API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(info.title)} API <small>${escapeHtml(info.version)}</small></h1>
<p>${escapeHtml(info.description)} The same as a document: <a href="/openapi.json">/openapi.json</a>.</p>
${sections.join('\n')}
<h2>Schemas</h2>
${schemas.join('\n')}
</body>
</html>
`;
  return { html, contentSecurityPolicy: POLICY };
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: where, required, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${where}${required ? ', required' : ''}</td><td>${inlineHtml(schema)}</td></tr>`,
  );
  const answers = Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(
      ([status, { description: text = '', content }]) =>
        `<h4>${status} ${escapeHtml(text)}</h4>${contentHtml(content)}`,
    );
  return `<details>
<summary><span class="method">${method.toUpperCase()}</span><code>${escapeHtml(path)}</code><span class="about">${escapeHtml(summary)}</span></summary>
<p>${escapeHtml(description)}</p>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}
${requestBody ? `<h4>Body</h4>${contentHtml(requestBody.content)}` : ''}
${answers.join('\n')}
</details>`;
}

function contentHtml(content: Content | undefined): string {
  return Object.entries(content ?? {})
    .map(([type, { schema }]) => `<p><code>${escapeHtml(type)}</code></p>${schemaHtml(schema)}`)
    .join('');
}

const REFERENCE = /"\$ref": "#\/components\/schemas\/(\w+)"/g;

/** A schema as JSON, in which references are links. */
function schemaHtml(schema: unknown): string {
  const text = JSON.stringify(schema, null, 2) ?? '';
  const parts = text.split(REFERENCE);
  const html = parts.map((part, i) => (i % 2 === 0 ? escapeHtml(part) : `<a href="#schema-${part}">${part}</a>`));
  return `<pre>${html.join('')}</pre>`;
}

const inlineHtml = (schema: unknown): string => `<code>${escapeHtml(JSON.stringify(schema) ?? '')}</code>`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
