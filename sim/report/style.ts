/** The looks of the page: light, dark, narrow and on paper. */
import { DARK_BACKGROUND, DARK_TEXT, LIGHT_BACKGROUND, LIGHT_TEXT, SERIES_COLOURS } from './palette.ts';

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --text: ${LIGHT_TEXT}; --ground: ${LIGHT_BACKGROUND}; --muted: #57606a; --line: #d0d7de; --raised: #f6f8fa; --link: #0a58ca;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --text: ${DARK_TEXT}; --ground: ${DARK_BACKGROUND}; --muted: #a0a8b2; --line: #363c45; --raised: #1d2128; --link: #7fb2ff; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0; }
h2 + .notes { margin: -.5rem 0 1.5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .35rem 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { position: static; }
.muted, figcaption, .notes { color: var(--muted); font-size: .875rem; }
.verdict { background: var(--raised); border-left: 5px solid ${SERIES_COLOURS[0]}; padding: 1rem 1.25rem; margin: 1.25rem 0; }
.verdict h2 { border: 0; margin: 0 0 .5rem; padding: 0; }
.verdict ul { margin: 0; padding-left: 1.1rem; }
.verdict li { margin: .3rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 0; padding: 0; }
figure { margin: 0 0 2.5rem; }
.scroll { overflow-x: auto; }
.picture { display: block; width: 100%; min-width: 36rem; max-width: 45rem; height: auto; margin: .75rem 0; }
figcaption ul { list-style: none; margin: 0; padding: 0; }
#figures .rows { max-height: none; }
#figures table { font-size: .8125rem; }
#figures td:last-child { white-space: normal; min-width: 11rem; color: var(--muted); }
details { margin: .5rem 0; font-size: .875rem; }
summary { cursor: pointer; color: var(--link); width: max-content; max-width: 100%; }
.rows { max-height: 26rem; overflow: auto; border: 1px solid var(--line); margin-top: .5rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .4rem .6rem; color: var(--muted); }
th, td { padding: .2rem .75rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { background: var(--raised); }
tbody th { font-weight: 400; }
.number { text-align: right; }
code { font-size: .9em; overflow-wrap: anywhere; }
pre { background: var(--raised); padding: .6rem .8rem; overflow-x: auto; margin: .4rem 0; }
@media (max-width: 40rem) { body { padding: 1rem .9rem 3rem; font-size: 15px; } h1 { font-size: 1.5rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, details, .skip { display: none; }
  figure, .verdict { break-inside: avoid; }
  .scroll, .rows { overflow: visible; max-height: none; }
  .picture { min-width: 0; }
  th, td { white-space: normal; padding: .1rem .3rem; font-size: 8pt; }
}
`;
