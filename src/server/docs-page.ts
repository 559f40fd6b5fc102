/** The OpenAPI document as a page to read: no script, nothing from elsewhere. */
import type { OpenApiDocument, Operation } from './openapi.ts';

export const DOCS_STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; font: 600 1.1rem ui-monospace, monospace; overflow-wrap: anywhere; }
h2 b { background: #0b5cad; color: #fff; border-radius: 4px; padding: 0 .4em; margin-right: .4em; }
table { border-collapse: collapse; width: 100%; } td { border-top: 1px solid #d0d7de; padding: .3rem .6rem .3rem 0; vertical-align: top; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; } form { background: #f2f5f8; padding: 1rem; border-radius: 6px; }
label { display: block; margin: .4rem 0; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } form { background: #161b22; } td { border-color: #30363d; } a { color: #6cb6ff; } }
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: unknown): string => String(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter] as string);

export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  );
  const { title, version, description } = document.info;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<h1>${escaped(title)} ${escaped(version)}</h1>
<p>${escaped(description)} The same for programs: <a href="/openapi.json">openapi.json</a>.</p>
${tryIt(document)}
${operations.join('\n')}
</body>
</html>
`;
}

/** A plain form: it works without a script. */
function tryIt({ paths }: OpenApiDocument): string {
  const parameters = paths['/segment']?.post?.parameters ?? [];
  const choices = (name: string): string => {
    const schema = parameters.find((parameter) => parameter.name === name)?.schema as { enum?: readonly string[] };
    const first = name === 'format' ? 'overlay' : undefined;
    return (schema.enum ?? [])
      .map((choice) => `<option${choice === first ? ' selected' : ''}>${escaped(choice)}</option>`)
      .join('');
  };
  return `<form method="post" action="/segment" enctype="multipart/form-data">
<label>Image <input type="file" name="image" accept="image/*" required></label>
<label>Model <select name="model">${choices('model')}</select></label>
<label>Answer <select name="format">${choices('format')}</select></label>
<button>Segment</button>
</form>`;
}

function section(
  method: string,
  path: string,
  { summary, description, parameters = [], responses }: Operation,
): string {
  const rows = [
    ...parameters.map(({ name, in: place, description: text, schema }) => [
      `<code>${place === 'query' ? '?' : ''}${escaped(name)}</code>`,
      `${escaped(text ?? '')} <code>${escaped(describeSchema(schema))}</code>`,
    ]),
    ...Object.entries(responses).map(([status, response]) => [
      `<code>${escaped(status)}</code>`,
      escaped((response as { description?: string }).description ?? ''),
    ]),
  ];
  return `<h2><b>${escaped(method.toUpperCase())}</b>${escaped(path)}</h2>
<p>${escaped(summary)}.${description ? ` ${escaped(description)}` : ''}</p>
<table>${rows.map(([name, text]) => `<tr><td>${name}</td><td>${text}</td></tr>`).join('')}</table>`;
}

function describeSchema(schema: unknown): string {
  const { type, enum: choices, minimum, maximum, items } = schema as Readonly<Record<string, unknown>>;
  if (Array.isArray(choices)) return choices.join(' | ');
  if (items) return `${describeSchema(items)}, ...`;
  const isBounded = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER;
  if (isBounded) return `${type} ${minimum} ... ${maximum}`;
  return minimum === undefined ? String(type) : `${type} from ${minimum}`;
}
