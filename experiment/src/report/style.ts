/** The report's style sheet: light or dark as the reader's system is, one column on a telephone, and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #111417);
  --raised: light-dark(#f5f7f9, #1a1f24);
  --text: light-dark(#1b2127, #e2e7ec);
  --quiet: light-dark(#55606b, #9daab6);
  --line: light-dark(#dfe4e9, #2c343c);
  --accent: light-dark(#0067a3, #6fb4ea);
  font: 16px/1.55 system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2.5rem clamp(1rem, 4vw, 3rem) 4rem; background: var(--ground); color: var(--text); }
p { max-width: 46rem; margin: 0 0 0.8rem; }
a { color: var(--accent); }
.kicker { margin: 0; color: var(--accent); font-size: 0.85rem; font-weight: 600; letter-spacing: 0.04em; }
h1 { margin: 0.1rem 0; font-size: clamp(1.7rem, 5vw, 2.6rem); line-height: 1.15; letter-spacing: -0.02em; }
.when { color: var(--quiet); }
.answer { margin: 1.6rem 0; padding: 1.2rem 1.5rem; border-left: 4px solid var(--accent); border-radius: 0 8px 8px 0; background: var(--raised); }
.answer p { max-width: 58rem; margin: 0; font-size: 1.06rem; line-height: 1.65; }
nav ol { display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; margin: 0; padding: 0; list-style-position: inside; font-size: 0.92rem; }
main > section { margin-top: 3.2rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
h2 { margin: 0 0 1.2rem; font-size: 1.6rem; letter-spacing: -0.01em; }
h3 { margin: 2rem 0 0.3rem; font-size: 1.12rem; }
h4 { margin: 0 0 0.3rem; font-size: 0.88rem; font-weight: 600; }
figure { margin: 0 0 2.6rem; }
figcaption h3 { margin-top: 0; }
figcaption p { color: var(--quiet); font-size: 0.93rem; }
.facets { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.4rem 2.5rem; margin: 0.9rem 0; }
.facet { max-width: 34rem; break-inside: avoid; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 1.2rem; margin: 0; padding: 0; list-style: none; font-size: 0.88rem; }
.legend i { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.45em; border-radius: 2px; background: var(--mark); vertical-align: -0.06em; }
.legend .dot { border-radius: 50%; }
.legend .ring { border: 2.5px solid var(--mark); border-radius: 50%; background: none; }
.legend .dash { width: 1.3em; height: 0; border-top: 2px dashed var(--text); border-radius: 0; background: none; vertical-align: 0.25em; }
.legend .diamond { border-radius: 0; transform: rotate(45deg) scale(0.8); }
svg { display: block; width: 100%; height: auto; overflow: visible; font-size: 12px; }
svg text { fill: var(--text); }
svg .group { font-weight: 600; }
svg .axis text, svg .unit { fill: var(--quiet); font-size: 11px; }
svg .axis line, svg .row { stroke: var(--line); stroke-width: 1; }
svg .mark { fill: var(--mark); stroke: var(--ground); stroke-width: 0.75; }
svg .inside { fill: var(--ink); font-size: 11px; }
svg .total { font-weight: 600; }
svg .value { fill: var(--ground); fill-opacity: 0.75; stroke: var(--text); stroke-width: 0.8; }
svg .whisker { fill: none; stroke: var(--text); stroke-width: 1.4; }
svg .reach { stroke: var(--mark); stroke-width: 2.2; opacity: 0.55; }
svg .dot, svg .diamond { fill: var(--mark); stroke: var(--ground); stroke-width: 1; }
svg .ring { fill: var(--ground); stroke: var(--mark); stroke-width: 2.4; }
svg .offered, svg .limit { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 4 3; }
details { margin-top: 0.5rem; font-size: 0.9rem; }
summary { width: fit-content; color: var(--accent); cursor: pointer; }
.scroll { max-width: 100%; margin: 0.6rem 0 1.2rem; overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.88rem; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 400; }
.number { text-align: right; }
td.number { white-space: nowrap; }
thead th { vertical-align: bottom; }
pre { overflow-x: auto; padding: 1rem; border-radius: 8px; background: var(--raised); font-size: 0.85rem; }
footer { margin-top: 4rem; color: var(--quiet); font-size: 0.85rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media print {
  :root { color-scheme: light; font-size: 11px; }
  body { max-width: none; padding: 0; }
  nav, summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  figure, .answer, tr { break-inside: avoid; }
  figure:has(tr:nth-child(20)) { break-inside: auto; }
  h2, h3 { break-after: avoid; }
  .facets { grid-template-columns: 1fr 1fr; }
  .scroll { overflow: visible; }
  table { font-size: 0.75rem; }
  th, td { padding-right: 0.6rem; }
}
`;
