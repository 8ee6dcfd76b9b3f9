/** Colours by role, for light and dark; one column of text, tables that become cards on a phone. */
export const pageStyle = `
:root {
  --paper: #fcfcfb; --card: #fff; --ink: #1c1b19; --soft: #63605a; --line: #e2dfd8;
  --ok: #4c8bd0; --bad: #c62f2f; --bad-soft: #fbe9e7; --good: #21733f; --slow: #8f8a80;
  --band: #d9890026; --band-edge: #b06f00; --phase: #edeae3; --mark: #00000018;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171614; --card: #1f1e1b; --ink: #eceae5; --soft: #a5a198; --line: #37342f;
    --ok: #4a86c5; --bad: #ff7369; --bad-soft: #43201d; --good: #6cc48b; --slow: #7d786f;
    --band: #ffb52e26; --band-edge: #e0a030; --phase: #2c2a26; --mark: #ffffff1c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1120px; padding: 24px 20px 64px;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif;
}
h1 { font-size: 26px; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 0 0 4px; }
p { margin: 0 0 4px; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 3px; }
header p, .about, .foot, .why, figcaption, small { color: var(--soft); }
.badge {
  display: inline-block; font-size: 13px; font-weight: 600; vertical-align: 2px;
  border: 1px solid; border-radius: 999px; padding: 0 10px; margin-left: 4px; white-space: nowrap;
}
.passed { color: var(--good); } .failed { color: var(--bad); } .skipped { color: var(--soft); }
.figures { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 12px 0; }
.figures dt { color: var(--soft); font-size: 13px; }
.figures dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
header .figures dd { font-size: 20px; }

table { border-collapse: collapse; }
th { text-align: left; font-weight: 500; }
th, td { padding: 6px 14px 6px 0; vertical-align: top; border-bottom: 1px solid var(--line); }
td { font-variant-numeric: tabular-nums; }
thead th { color: var(--soft); font-size: 13px; }
.drills { width: 100%; margin: 16px 0 40px; }
.drills td { white-space: nowrap; }
.drills td.why, .drills td[data-label='failed'] { white-space: normal; }
.drills .set th { padding-top: 18px; color: var(--soft); font-size: 13px; letter-spacing: .04em; }

section {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 18px 20px; margin: 0 0 20px; scroll-margin-top: 12px;
}
.foot { font-size: 13px; margin-top: 12px; }
.wrongs { margin: 12px 0; padding: 10px 14px 10px 30px; background: var(--bad-soft); border-radius: 6px; }
.wrongs li { color: var(--bad); overflow-wrap: anywhere; white-space: pre-wrap; }
.notes { margin: 12px 0; padding-left: 18px; }
.limits { margin: 14px 0; width: 100%; }
.limits th:first-child { width: 60%; }
.limits tbody .passed th, .limits tbody .passed td { color: var(--ink); }
.limits tbody .failed { background: var(--bad-soft); }
.limits tbody .failed th, .limits tbody .failed td { color: var(--bad); font-weight: 600; }
.limits th:first-child { padding-left: 8px; }
.limits td { white-space: nowrap; }
.wide { overflow-x: auto; }
.wide table { font-size: 13px; }
.wide th, .wide td { white-space: nowrap; padding: 3px 14px 3px 0; }
details { margin: 10px 0; }
summary { cursor: pointer; font-weight: 500; }
pre {
  margin: 6px 0; padding: 10px 12px; overflow-y: auto; max-height: 420px;
  white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace;
}

.timeline { margin: 16px 0; }
.strip { position: relative; height: 20px; margin-bottom: 3px; }
.strip span {
  position: absolute; top: 0; bottom: 0; min-width: 2px; overflow: hidden;
  font-size: 12px; line-height: 20px; container-type: inline-size;
}
.strip em { display: block; font-style: normal; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: 0 2px 0 5px; }
@container (width < 48px) { .strip em { display: none; } }
@container (width < 56px) { .phases em { display: none; } }
.phases span { background: var(--phase); color: var(--soft); border-left: 1px solid var(--card); }
.faults span { background: var(--band); border-left: 2px solid var(--band-edge); }
.lanes { position: relative; padding-top: 2px; }
.lanes i { position: absolute; top: 0; bottom: 0; }
.lanes .mark { border-left: 1px solid var(--mark); }
.lanes .band { background: var(--band); min-width: 2px; }
.lane { position: relative; }
.lane p { margin: 0; padding: 5px 0 1px 4px; font-size: 12px; line-height: 16px; }
.lane b { color: var(--bad); }
.lane svg { display: block; width: 100%; height: 36px; border-bottom: 1px solid var(--line); }
path.ok { fill: var(--ok); } path.failed { fill: var(--bad); } path.slow { fill: var(--slow); }
.axis { position: relative; height: 20px; font-size: 12px; color: var(--soft); overflow: hidden; }
.axis span { position: absolute; padding-left: 3px; border-left: 1px solid var(--line); white-space: nowrap; }
figcaption { font-size: 13px; margin-top: 6px; }
figcaption details { margin: 0; columns: 2 340px; }
figcaption summary { font-weight: inherit; }
.key { margin-right: 14px; white-space: nowrap; }
.key.ok::before, .key.failed::before, .key.band::before {
  content: ''; display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px;
}
.key.ok, .key.failed, .key.band { color: var(--soft); }
.key.ok::before { background: var(--ok); }
.key.failed::before { background: var(--bad); }
.key.band::before { background: var(--band); border-left: 2px solid var(--band-edge); }

@media (max-width: 720px) {
  body { padding: 16px 12px 48px; }
  section { padding: 14px 12px; }
  .drills thead { display: none; }
  .drills, .drills tbody { display: block; }
  .drills tr { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 8px 0; border-bottom: 1px solid var(--line); }
  .drills th, .drills td { border: 0; padding: 1px 0; }
  .drills th { flex: 1 1 70%; }
  .drills td[data-label]::before { content: attr(data-label) ' '; color: var(--soft); font-size: 13px; }
  .figures { gap: 6px 20px; }
  .limits { font-size: 14px; }
  .limits th:first-child { width: auto; }
  .limits th, .limits td { padding-right: 8px; }
}
`;
