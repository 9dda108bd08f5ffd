/** The report's look: system fonts, GitHub's own sense of colour, light and dark, a phone's width, paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --canvas: #ffffff; --subtle: #f6f8fa; --inset: #eff2f5; --line: #d1d9e0; --faint: #e4e8ec;
  --text: #1f2328; --muted: #59636e; --accent: #0969da; --on: #ffffff;
  --pass: #1a7f37; --warn: #9a6700; --fail: #cf222e; --error: #bc4c00; --unsure: #8250df; --quiet: #59636e; --busy: #0969da;
  --pass-soft: #dafbe1; --warn-soft: #fff8c5; --fail-soft: #ffebe9; --error-soft: #fff1e5; --unsure-soft: #fbefff; --quiet-soft: #f6f8fa; --busy-soft: #ddf4ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #0d1117; --subtle: #151b23; --inset: #1b222c; --line: #3d444d; --faint: #262c36;
    --text: #f0f6fc; --muted: #9198a1; --accent: #4493f8; --on: #0d1117;
    --pass: #3fb950; --warn: #d29922; --fail: #f85149; --error: #f0883e; --unsure: #ab7df8; --quiet: #9198a1; --busy: #4493f8;
    --pass-soft: #12261e; --warn-soft: #272215; --fail-soft: #25171c; --error-soft: #241a12; --unsure-soft: #1c1929; --quiet-soft: #151b23; --busy-soft: #121d2f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--canvas); color: var(--text); font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.report { max-width: 1012px; margin: 0 auto; padding: 24px 16px 48px; }
h1, h2, h3, p, ul, ol, dl, dd, figure, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 24px; line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 16px; line-height: 1.4; font-weight: 600; margin: 32px 0 8px; }
h3 { font-size: 14px; line-height: 1.4; font-weight: 600; overflow-wrap: anywhere; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 6px; }
code, pre, .mono { font: 12px/1.5 ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
code { background: var(--inset); padding: 2px 5px; border-radius: 6px; }
.muted { color: var(--muted); }
.icon { width: 16px; height: 16px; flex: none; display: block; }
.pass { --tone: var(--pass); --soft: var(--pass-soft); }
.warn { --tone: var(--warn); --soft: var(--warn-soft); }
.fail { --tone: var(--fail); --soft: var(--fail-soft); }
.error { --tone: var(--error); --soft: var(--error-soft); }
.inconclusive { --tone: var(--unsure); --soft: var(--unsure-soft); }
.skipped, .pending, .cancelled { --tone: var(--quiet); --soft: var(--quiet-soft); }
.running { --tone: var(--busy); --soft: var(--busy-soft); }

.banner { border: 1px solid var(--line); border-left: 6px solid var(--tone); border-radius: 6px; background: var(--soft); padding: 16px 20px; }
.banner-row { display: flex; gap: 14px; align-items: flex-start; }
.banner-row .icon { width: 32px; height: 32px; margin-top: 12px; color: var(--tone); }
.eyebrow { color: var(--muted); font-size: 12px; overflow-wrap: anywhere; }
.meter { display: flex; height: 8px; border-radius: 4px; overflow: hidden; gap: 2px; margin: 16px 0 8px; }
.meter span { background: var(--tone); min-width: 4px; }
.counts { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; }
.counts li { display: flex; gap: 6px; align-items: center; }
.counts .icon { width: 14px; height: 14px; margin: 0; color: var(--tone); }

.box { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.findings { width: 100%; border-collapse: collapse; table-layout: fixed; }
.findings col:nth-child(1) { width: 34%; }
.findings col:nth-child(n+2) { width: 22%; }
.findings th, .findings td { text-align: left; padding: 6px 12px; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
.findings thead th { background: var(--subtle); color: var(--muted); font-size: 12px; border-bottom: 1px solid var(--line); padding-block: 6px; }
.findings tbody + tbody { border-top: 1px solid var(--line); }
.findings tbody tr:first-child > * { padding-top: 12px; }
.findings tbody tr:last-child > * { padding-bottom: 12px; }
.findings .subject { padding-left: 36px; }
.findings .measured { font-weight: 600; font-variant-numeric: tabular-nums; color: var(--tone); }
.findings .allowed { font-variant-numeric: tabular-nums; }
.findings .say { padding-left: 36px; padding-top: 0; }
.name { display: flex; gap: 8px; align-items: flex-start; }
.name .icon { margin-top: 2px; color: var(--tone); }
.name b { font-weight: 600; overflow-wrap: anywhere; }
.state { color: var(--tone); font-size: 12px; font-weight: 600; white-space: nowrap; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 7px; font-size: 12px; line-height: 18px; color: var(--muted); white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; }
.next { color: var(--muted); }
.next b { color: var(--text); font-weight: 600; }
.gauge { display: block; width: 100%; max-width: 140px; height: 10px; margin-top: 4px; }
.gauge .track { fill: var(--faint); }
.gauge .fill { fill: var(--tone); }
.gauge .limit { stroke: var(--text); stroke-width: 2; vector-effect: non-scaling-stroke; }

.group { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; margin-top: 12px; }
.group > h3 { background: var(--subtle); padding: 8px 12px; border-bottom: 1px solid var(--line); display: flex; justify-content: space-between; gap: 12px; }
.group > h3 span { color: var(--muted); font-weight: 400; font-size: 12px; white-space: nowrap; }
.item + .item { border-top: 1px solid var(--faint); }
.row { display: grid; grid-template-columns: 16px 104px minmax(0, 5fr) minmax(0, 4fr) 76px 16px; gap: 4px 10px; align-items: baseline; padding: 8px 12px; }
.row .icon { align-self: start; margin-top: 2px; color: var(--tone); }
.row .title { overflow-wrap: anywhere; }
.row .result { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
.row .time { color: var(--muted); font-size: 12px; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
summary.row { cursor: pointer; list-style: none; }
summary.row::-webkit-details-marker { display: none; }
summary.row:hover { background: var(--subtle); }
summary.row::after { content: ""; width: 6px; height: 6px; border: solid var(--muted); border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); align-self: start; margin: 6px 4px 0; grid-column: 6; grid-row: 1; }
details[open] > summary.row::after { transform: rotate(225deg); margin-top: 9px; }
.body { padding: 4px 12px 16px 38px; display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.scroll { overflow-x: auto; }
.plain { border-collapse: collapse; font-size: 13px; min-width: 50%; }
.plain caption { text-align: left; font-size: 12px; color: var(--muted); padding-bottom: 4px; }
.plain th, .plain td { border: 1px solid var(--line); padding: 4px 10px; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
.plain thead th { background: var(--subtle); font-weight: 600; white-space: nowrap; }
.plain .number, .plain .short { white-space: nowrap; }
.plain .number { font-variant-numeric: tabular-nums; text-align: right; }
.plain td:not(.number, .short) { min-width: 12ch; }
.plain .state { display: inline-flex; gap: 6px; align-items: center; }
.plain .state .icon { width: 14px; height: 14px; }
.evidence-title { font-size: 12px; color: var(--muted); margin-bottom: 4px; }
pre { background: var(--subtle); border: 1px solid var(--faint); border-radius: 6px; padding: 10px 12px; overflow: auto; max-height: 360px; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { font-size: 12px; color: var(--muted); }

.chart { max-width: 720px; }
.chart .counted { margin-top: 8px; }
.chart figcaption { font-size: 12px; color: var(--muted); margin-bottom: 10px; }
.chart figcaption b { color: var(--text); font-weight: 600; }
.plot { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 8px; }
.plot svg { width: 100%; height: 160px; display: block; overflow: visible; }
.ticks { display: flex; flex-direction: column; justify-content: space-between; text-align: right; font-size: 11px; line-height: 12px; color: var(--muted); margin-block: -6px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.times { grid-column: 2; display: flex; justify-content: space-between; font-size: 11px; color: var(--muted); margin-top: 6px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--faint); vector-effect: non-scaling-stroke; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.bound { stroke: var(--tone); stroke-width: 1.5; stroke-dasharray: 6 4; vector-effect: non-scaling-stroke; }
.column { fill: transparent; }
.bar { fill: color-mix(in srgb, var(--accent) 70%, var(--canvas)); }
g:hover > .bar { fill: var(--accent); }
.mark { stroke: var(--text); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.marks, .places { grid-column: 2; position: relative; font-size: 11px; line-height: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.marks { color: var(--text); font-weight: 600; }
.places { height: 12px; margin-top: 6px; color: var(--muted); }
.marks span, .places span { position: absolute; transform: translateX(-50%); }
.limit-of { white-space: nowrap; }
.counted { font-size: 12px; color: var(--muted); }
.counted summary { cursor: pointer; width: max-content; }
.counted .scroll { margin-top: 6px; color: var(--text); }
.legend { display: inline-block; width: 18px; border-top: 2px dashed var(--tone); vertical-align: middle; margin: 0 4px 0 10px; }

.notes { border: 1px solid var(--line); border-radius: 6px; padding: 10px 16px; background: var(--subtle); }
.notes li { overflow-wrap: anywhere; }
.notes li + li { margin-top: 6px; }
.provenance { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 12px 24px; margin-top: 32px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 13px; }
.provenance dt { color: var(--muted); font-size: 12px; }
.provenance dd { overflow-wrap: anywhere; }

@media (max-width: 640px) {
  .report { padding: 12px 10px 32px; }
  h1 { font-size: 20px; }
  .banner { padding: 12px 14px; }
  .banner-row .icon { width: 24px; height: 24px; }
  .row { grid-template-columns: 16px minmax(0, 1fr) max-content 16px; }
  .row .state { grid-column: 2; grid-row: 2; }
  .row .title { grid-column: 2; grid-row: 1; }
  .row .time { grid-column: 3; grid-row: 1; }
  .row .result { grid-column: 2 / 4; grid-row: 3; }
  .row .result:empty { display: none; }
  summary.row::after { grid-column: 4; }
  .body { padding-left: 12px; }
  .findings th, .findings td { padding-inline: 8px; }
  .findings .subject, .findings .say { padding-left: 10px; }
}
@media print {
  :root { color-scheme: light; }
  .report { max-width: none; padding: 0; }
  .item, .findings tbody, figure { break-inside: avoid; }
  pre { max-height: none; }
  summary.row::after { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.trim();
