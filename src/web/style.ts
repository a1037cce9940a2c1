import { createHash } from 'node:crypto';

const STYLE = `:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dde1e7; --text: #1b2430; --dim: #5a6675; --link: #1557b0;
  --up: #14713d; --up-tint: #dcf3e5; --down: #b3201f; --down-tint: #fde3e1;
  --warn: #8a5200; --warn-tint: #fdeccb; --calm: #47525f; --calm-tint: #e6e9ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2028; --line: #2d3642; --text: #e5e9ef; --dim: #9aa6b5; --link: #84b6f7;
    --up: #7bdca2; --up-tint: #143523; --down: #ff9d97; --down-tint: #481b1b;
    --warn: #f5c06a; --warn-tint: #41300f; --calm: #b4bfcc; --calm-tint: #2a323d;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; justify-content: space-between; padding-top: 1.1rem; padding-bottom: 1.1rem; }
.brand { font-weight: 700; font-size: 1.1rem; color: var(--text); text-decoration: none; }
.brand span { font-weight: 400; color: var(--dim); margin-left: .35rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; font-size: .9rem; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .75rem 0 1rem; overflow-wrap: anywhere; }
h1 .badge, h1 .severity { font-size: .9rem; vertical-align: .25em; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
.counts { display: flex; flex-wrap: wrap; gap: .6rem; list-style: none; margin: 0; padding: 0; }
.counts li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--calm); border-radius: 8px; padding: .45rem .9rem; color: var(--dim); }
.counts b { font-size: 1.2rem; color: var(--text); margin-right: .25rem; }
.counts .up { border-left-color: var(--up); } .counts .down { border-left-color: var(--down); } .counts .degraded { border-left-color: var(--warn); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .55rem .9rem; }
thead th { font-size: .78rem; font-weight: 600; letter-spacing: .03em; text-transform: uppercase; color: var(--dim); }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; overflow-wrap: break-word; }
td { font-variant-numeric: tabular-nums; }
td time, .number { white-space: nowrap; }
.number { text-align: right; }
.why { min-width: 14rem; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
.state { max-width: 22rem; } .cover { display: block; color: var(--dim); font-size: .85rem; }
.type, .none, dt { color: var(--dim); }
.type { font-weight: 400; font-size: .85rem; margin-left: .3rem; }
.badge, .severity { display: inline-block; border-radius: 999px; padding: .05rem .6rem; font-size: .82rem; font-weight: 600; white-space: nowrap; color: var(--calm); background: var(--calm-tint); }
.badge.up { color: var(--up); background: var(--up-tint); }
.badge.down, .badge.firing, .severity.P0, .severity.P1 { color: var(--down); background: var(--down-tint); }
.badge.degraded, .badge.pending, .severity.P2 { color: var(--warn); background: var(--warn-tint); }
.message { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--down); border-radius: 8px; padding: .6rem .9rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .8rem 1.5rem; margin: 1rem 0; }
dt { font-size: .82rem; } dd { margin: 0; overflow-wrap: anywhere; }
.evidence { grid-template-columns: 1fr; } .evidence dd { font-family: ui-monospace, monospace; font-size: .9rem; white-space: pre-wrap; }
footer { color: var(--dim); font-size: .85rem; padding-top: 2rem; padding-bottom: 2rem; }
`;

/** Changes with the stylesheet, so that a cached one never dresses a newer page. */
export const STYLE_VERSION = createHash('sha256').update(STYLE).digest('hex').slice(0, 8);

/** The one stylesheet of the server-rendered pages. */
export const stylesheet = (): Response =>
  new Response(STYLE, {
    headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'private, max-age=86400' },
  });
