/** `npm run build`: writes the page that the links of alerts open, from docs/runbook.md; `marked` is there only then. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked, type RendererObject } from 'marked';

/** The page and its style sheet, by file name. The exporter's policy allows no styles inside the page. */
export function runbookFiles(): ReadonlyMap<string, string> {
  const markdown = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const names = [...markdown.matchAll(/^## (.+)$/gm)].map(([, name]) => name!);
  return new Map([
    ['index.html', page(new Marked({ renderer }).parse(markdown, { async: false }), names)],
    ['style.css', STYLE],
  ]);
}

/** Writes them into a directory, which need not exist. */
export function writeRunbook(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of runbookFiles()) writeFileSync(join(directory, name), content);
}

/** Anchors as code forges make them, so that links work there too. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

const renderer: RendererObject = {
  heading({ depth, text, tokens }) {
    return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
  },
};

const page = (text: string, names: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trapline: runbook</title>
<link rel="stylesheet" href="./runbook/style.css">
</head>
<body>
<nav aria-label="Alerts">
<a href="./">Live page</a>
${names.map((name) => `<a href="#${anchorOf(name)}">${name}</a>`).join('\n')}
</nav>
<main>
${text}</main>
</body>
</html>
`;

const STYLE = `:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #111217);
  --raised: light-dark(#f4f5f5, #22252b);
  --text: light-dark(#24292e, #ccccdc);
  --line: light-dark(#dcdddf, #34373d);
  --link: light-dark(#1f62e0, #6e9fff);
  font: 16px/1.6 system-ui, sans-serif;
}
body { display: grid; gap: 0 3rem; max-width: 72rem; margin: 0 auto; padding: 1.5rem; background: var(--ground); color: var(--text); }
nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; align-content: start; font-size: 0.9rem; }
main { min-width: 0; max-width: 50rem; }
a { color: var(--link); }
h2 { margin: 2.5rem 0 0.5rem; padding-top: 0.5rem; border-top: 1px solid var(--line); }
h2:target { border-top: 3px solid var(--link); }
code { padding: 0.1em 0.3em; border-radius: 3px; background: var(--raised); font-size: 0.9em; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 0.6rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
@media (min-width: 60rem) {
  body { grid-template-columns: 16rem 1fr; }
  nav { position: sticky; top: 1.5rem; flex-direction: column; flex-wrap: nowrap; max-height: calc(100vh - 3rem); overflow-y: auto; }
}
`;

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeRunbook(fileURLToPath(new URL('../dist/runbook', import.meta.url)));
