/** The report as one file that needs nothing else. */
import { answer } from './answer.js';
import { contextOf } from './context.js';
import { type Markup, markup, Markup as Raw } from './markup.js';
import { levelsOf } from './groups.js';
import type { Run } from './run.js';
import { besideTheStudy } from './sections/beside.js';
import { activities, events, exits, time } from './sections/cost.js';
import { factors } from './sections/factors.js';
import { ground } from './sections/ground.js';
import { loss } from './sections/loss.js';
import { throughput } from './sections/throughput.js';
import { STYLE } from './style.js';
import { moment, whole } from './format.js';

interface Section {
  id: string;
  title: string;
  content: Markup;
}

export function reportPage(run: Run): string {
  const context = contextOf(run);
  const sections: Section[] = [
    { id: 'loss', title: 'Where the packets went', content: loss(context) },
    { id: 'throughput', title: 'How much is captured', content: throughput(context) },
    {
      id: 'cost',
      title: 'What one packet costs',
      content: markup`${time(context)}${exits(context)}${events(context)}${activities(context)}`,
    },
    { id: 'factors', title: 'What makes the difference', content: factors(context) },
    { id: 'study', title: 'Beside the study of 2012', content: besideTheStudy(context) },
    { id: 'ground', title: 'What this stands on', content: ground(context) },
  ];
  const [first, ...more] = answer(context);
  const { host, startedAt } = run.environment;
  const methods = levelsOf(run.results, 'method').length;
  return markup`${new Raw('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Packet capture on ${host.hostname}, ${startedAt.slice(0, 10)}</title>
<style>${new Raw(STYLE)}</style>
</head>
<body>
<header>
<p class="kicker">Trapline experiment · ${run.name}</p>
<h1>Packet capture on ${host.hostname}</h1>
<p class="when">${moment(startedAt)} · ${whole(run.results.length)} cells · ${whole(methods)} methods · kernel ${host.kernel}</p>
<section class="answer" aria-label="The answer"><p><strong>${first}</strong> ${more.join(' ')}</p></section>
<nav aria-label="Sections"><ol>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main>
${sections.map(({ id, title, content }) => markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`)}
</main>
<footer><p>Made by <code>trapline experiment</code> from the cells beside this file. Repeats the method of Schultz and Crowley, ICCCN 2012.</p></footer>
</body>
</html>
`.text;
}
