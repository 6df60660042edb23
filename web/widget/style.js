// The widget's style: a text here, because a style sheet made by script needs nothing in a page's style-src.
// Lengths are in em of the reader's own letter size: "all: initial" keeps the page's out.
const CSS = `
:host { display: block !important; }
.root { all: initial; direction: inherit; --accent: var(--plan-accent, #1d4f91); --on-accent: var(--plan-accent-text, #fff);
  --surface: #fff; --text: #0b0c0c; --muted: #4c565c; --edge: #6b7780; --bot: #f1f3f5; --person: #dde9f8; --focus: #0b0c0c;
  --safety: #fff0ee; --alarm: #b3131b; --on-alarm: #fff; --font: var(--plan-font, system-ui, -apple-system, "Segoe UI", sans-serif);
  --radius: var(--plan-radius, 10px); color: var(--text); font: 400 medium/1.5 var(--font); letter-spacing: normal; color-scheme: light; }
@media (prefers-color-scheme: dark) { :host(:not([data-theme="light"])) .root { --accent: var(--plan-accent-dark, #9cc3ff); --on-accent: var(--plan-accent-text-dark, #0b1520);
  --surface: #14181d; --text: #f2f4f5; --muted: #b9c3cb; --edge: #8895a1; --bot: #232a32; --person: #1c3352; --focus: #ffd75e;
  --safety: #3b1517; --alarm: #ff9a90; --on-alarm: #21090a; color-scheme: dark; } }
:host([data-theme="dark"]) .root { --accent: var(--plan-accent-dark, #9cc3ff); --on-accent: var(--plan-accent-text-dark, #0b1520);
  --surface: #14181d; --text: #f2f4f5; --muted: #b9c3cb; --edge: #8895a1; --bot: #232a32; --person: #1c3352; --focus: #ffd75e;
  --safety: #3b1517; --alarm: #ff9a90; --on-alarm: #21090a; color-scheme: dark; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; word-spacing: inherit; }
button, .call, .link, summary { min-height: 44px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
p, h2, ul, figure, table { margin: 0; }
.launcher { position: fixed; inset-block-end: var(--plan-gap, 20px); inset-inline-end: var(--plan-gap, 20px); z-index: var(--plan-layer, 2147483000);
  background: var(--accent); color: var(--on-accent); border: 2px solid var(--on-accent); border-radius: 30px; padding: .7em 1.2em; font-weight: 600;
  max-width: calc(100vw - 40px); box-shadow: 0 2px 10px rgb(0 0 0 / .35); }
dialog { position: fixed; inset: auto; inset-block-end: var(--plan-gap, 20px); inset-inline-end: var(--plan-gap, 20px); z-index: var(--plan-layer, 2147483000); margin: 0; padding: 0;
  width: 25em; max-width: calc(100vw - 40px); height: 40em; max-height: calc(100dvh - 40px); flex-direction: column; background: var(--surface); color: var(--text);
  border: 1px solid var(--edge); border-radius: var(--radius); box-shadow: 0 6px 30px rgb(0 0 0 / .35); overflow: hidden; overflow-wrap: anywhere; }
dialog[open] { display: flex; }
dialog::backdrop { background: var(--surface, #fff); }
.head { padding: .6em .8em; border-bottom: 1px solid var(--edge); }
h2 { font-size: 1.05em; line-height: 1.3; font-weight: 700; margin-bottom: .3em; }
.row { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; }
.tools .quiet { margin-inline-start: 0; }
.exit { background: var(--alarm); color: var(--on-alarm); border: 2px solid var(--alarm); border-radius: 6px; padding: .3em .7em; font-weight: 700; margin-inline-end: auto; }
.quiet { background: transparent; border: 1px solid var(--edge); border-radius: 6px; padding: .3em .7em; min-width: 44px; }
.quiet:hover, .choice:hover { background: var(--bot); }
.confirm { padding: .7em .8em; border-bottom: 1px solid var(--edge); background: var(--bot); }
.confirm p { margin-bottom: .5em; }
.notice { flex: none; max-height: 30%; overflow-y: auto; padding: .5em .8em; border-bottom: 1px solid var(--edge); border-inline-start: 5px solid var(--accent); font-size: .9em; }
.notice:empty { padding: 0; border: 0; }
.notice:focus-visible { outline-offset: -3px; }
.middle { flex: 1 1 auto; min-height: 3em; display: flex; flex-direction: column; }
.log { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: .8em; display: flex; flex-direction: column; gap: .7em; }
.launcher:focus-visible { box-shadow: 0 0 0 7px var(--surface); }
.log:focus-visible { outline-offset: -3px; }
.below { flex: none; align-self: center; margin: 4px; background: var(--surface); border: 2px solid var(--accent); color: var(--accent);
  border-radius: 30px; padding: .1em 1em; font-weight: 600; }
.below::after { content: " \\2193" / ""; }
.bubble { position: relative; max-width: 92%; padding: .6em .8em; border-radius: var(--radius); border: 1px solid transparent; display: flex; flex-direction: column; gap: .55em; flex: none; }
.bot { background: var(--bot); align-self: flex-start; width: 92%; }
.person { background: var(--person); align-self: flex-end; }
.person p { white-space: pre-wrap; }
.safety { background: var(--safety); border: 2px solid var(--alarm); border-inline-start-width: 8px; font-size: 1.05em; }
.warning { border-inline-start: 5px solid var(--alarm); padding-inline-start: .6em; font-weight: 600; }
ul { padding-inline-start: 1.2em; }
.choices { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5em; }
.choice { background: var(--surface); color: var(--accent); border: 2px solid var(--accent); border-radius: 22px; padding: .3em .9em; font-weight: 600; text-align: start; }
.card { background: var(--surface); border: 1px solid var(--edge); border-radius: 8px; padding: .6em .7em; display: flex; flex-direction: column; gap: .35em; }
.name { font-weight: 700; }
.call { display: inline-flex; align-items: center; background: var(--accent); color: var(--on-accent); border-radius: 6px; padding: .3em .9em; font-weight: 700; text-decoration: none; border: 1px solid transparent; }
.safety .call { background: var(--alarm); color: var(--on-alarm); }
.link { display: inline-flex; align-items: center; padding: 0 .3em; }
a { color: var(--accent); }
.safety a:not(.call) { color: inherit; }
.small, .sources { font-size: .9em; }
.small { color: var(--muted); }
.safety .small { color: inherit; }
summary { display: list-item; padding: .6em 0; color: var(--muted); }
.safety summary { color: inherit; }
.sources li { padding: .35em 0; }
.sources a { display: inline-block; min-height: 24px; }
.chart { display: flex; flex-direction: column; gap: .4em; background: var(--surface); border: 1px solid var(--edge); border-radius: 8px; padding: .6em .7em; }
svg { width: 100%; height: auto; font: 14px var(--font); overflow: visible; }
svg text { fill: var(--text); }
.value { font-weight: 700; }
.bar, .dot { fill: var(--accent); }
.track { fill: none; stroke: var(--edge); }
.path { fill: none; stroke: var(--accent); stroke-width: 2.5; }
.axis { fill: none; stroke: var(--edge); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; font-weight: 700; padding-bottom: .3em; }
th, td { border: 1px solid var(--edge); padding: .3em .5em; text-align: start; font-weight: 400; }
thead th { font-weight: 700; }
td { text-align: end; }
.picture { max-width: 100%; height: auto; border: 1px solid var(--edge); }
.feedback { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; }
.failure { border: 2px solid var(--alarm); background: var(--surface); }
.status { padding: 0 .8em; color: var(--muted); min-height: 1.5em; font-size: .9em; }
.status:empty { min-height: 0; }
form { padding: .3em .8em .7em; }
label { display: block; font-weight: 600; margin-bottom: 6px; }
.ask { display: flex; gap: .5em; align-items: flex-end; }
.field { width: 100%; flex: 1; min-height: 44px; max-height: 7em; padding: .5em; border: 2px solid var(--edge); border-radius: 6px; background: var(--surface); color: var(--text); resize: none; field-sizing: content; }
.send { background: var(--accent); color: var(--on-accent); border: 2px solid var(--accent); border-radius: 6px; padding: .3em 1em; font-weight: 700; }
.count:empty { display: none; }
@media (max-width: 29.99em), (max-height: 24.99em) {
  dialog { inset: 0; width: 100vw; max-width: 100vw; height: 100vh; height: 100dvh; max-height: 100dvh; border: 0; border-radius: 0; }
  .head { padding: .4em .5em; }
}
@media (max-height: 24.99em) {
  h2, label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .head { padding: 2px .4em; } .tools { flex-wrap: nowrap; gap: .25em; } .tools button { padding: 0 .4em; font-size: .85em; min-height: 44px; }
  .confirm { overflow-y: auto; } .confirm:not([hidden]) ~ * { display: none; } form { padding: 2px .4em; } .notice { max-height: 3.6em; padding: 2px .4em; } .log { padding: .3em .4em; } .status { position: absolute; clip-path: inset(50%); } .field { max-height: 44px; } .count { position: absolute; clip-path: inset(50%); }
  .below { margin: 0; padding: 0 .6em; min-height: 24px; font-size: .8em; line-height: 1; }
}
@media (forced-colors: active) { .bubble, .call, .send, .launcher { border: 1px solid CanvasText; } .safety { border: 4px double CanvasText; } .bar, .dot { fill: Highlight; forced-color-adjust: none; } .path { stroke: Highlight; } .track, .axis { stroke: CanvasText; } svg text { fill: CanvasText; } :focus-visible { outline-color: Highlight; } }
@media print { .launcher, .tools, form, .below, .status, .choices, .feedback { display: none !important; } dialog[open] { position: static; display: block; width: auto; max-width: none; height: auto; max-height: none; overflow: visible; border: 0; box-shadow: none; } .log { overflow: visible; display: block; } .bubble { width: auto; max-width: none; border: 1px solid #6b7780; margin-bottom: 8px; break-inside: avoid; } .sources a::after { content: " " attr(href); } }
`;

let made = null;

/** One sheet for every widget of the page. */
export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
