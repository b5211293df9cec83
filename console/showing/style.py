"""How the HTML page looks: columns side by side where there is room, below each other on a phone, light and dark.

Belongs here: the style sheet alone.
"""

STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf8; --ink: #1c1b19; --soft: #6a6660; --line: #dcd8d1; --card: #fff;
  --accent: #0b5fbf; --gone: #a3341f; }
@media (prefers-color-scheme: dark) { :root { --paper: #171614; --ink: #ece9e4; --soft: #a19c94; --line: #3a3733;
  --card: #211f1d; --accent: #7db4ff; --gone: #ff9b85; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.2rem; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; }
h2 { font-size: .8rem; margin: 0 0 .6rem; color: var(--soft); letter-spacing: .06em; text-transform: uppercase; }
header { margin-bottom: 1.2rem; }
header p { margin: .2rem 0; color: var(--soft); }
header b { color: var(--ink); }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 1rem;
  align-items: start; }
section { min-width: 0; border-top: 3px solid var(--line); padding-top: .6rem; }
.row { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: .4rem;
  scroll-margin-top: 1rem; }
.row.start { border-color: var(--accent); border-width: 2px; }
.row.gone { border-style: dashed; border-color: var(--gone); }
.row:target { outline: 3px solid var(--accent); outline-offset: 1px; }
summary { cursor: pointer; padding: .45rem .6rem; }
summary span { color: var(--soft); }
.row > p, .row > table { margin: .3rem .6rem .6rem; }
.links { line-height: 1.8; }
.links a { margin-right: .35rem; white-space: nowrap; }
.mark { color: var(--gone); font-weight: 600; }
a { color: var(--accent); }
i { font-style: normal; color: var(--soft); }
table { width: calc(100% - 1.2rem); border-collapse: collapse; font-size: .85em; table-layout: fixed; }
th { width: 38%; text-align: left; font-weight: 400; color: var(--soft); vertical-align: top;
  padding: .15rem .5rem .15rem 0; }
td { vertical-align: top; padding: .15rem 0; font-family: ui-monospace, monospace; }
.more { color: var(--soft); margin: .3rem .6rem .6rem; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
"""
