/** Style of a page that is read on a screen, light or dark, and printed. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9df, #3a3f47); --muted: light-dark(#5c6470, #9aa3af); --label: #0b7a53; --found: #c8420a; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 32px 0 8px; } h3 { font-size: 14px; margin: 20px 0 4px; }
header p, small, figcaption, section > p { color: var(--muted); }
section { break-inside: auto; } figure, tr { break-inside: avoid; }
.figures { display: flex; flex-wrap: wrap; gap: 16px 32px; margin: 16px 0; }
.figure { display: flex; flex-direction: column; } .figure strong { font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 0 12px; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 8px 0; max-width: 100%; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: 3px 10px 3px 0; text-align: end; font-weight: normal; white-space: nowrap; }
thead th { color: var(--muted); } th:first-child { text-align: start; } details td { text-align: start; white-space: normal; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 16px; }
figure { margin: 0; } svg { display: block; width: 100%; height: auto; max-height: 300px; } figcaption { font-size: 12px; overflow-wrap: anywhere; }
svg text { font-size: 10px; fill: var(--muted); } .grid svg path.grid { stroke: var(--line); fill: none; } polyline { fill: none; stroke: var(--found); stroke-width: 1.5; }
rect { fill: none; filter: drop-shadow(0 0 0.5px #fff) drop-shadow(0 0 0.5px #fff); } rect.label { stroke: var(--label); } rect.found { stroke: var(--found); }
code, pre { font: 12px/1.5 ui-monospace, monospace; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; } :root { color-scheme: light; } table { display: table; } }
`;
