// Contrast of text is at least 4.5:1 in both schemes. Nothing here comes from a notice.
export const STYLE = `
body, table, td { font-family: -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; }
.page { background: #f3f4f6; color: #1c2128; }
.outer > tbody > tr > td { padding: 24px 12px; }
.card { max-width: 640px; background: #ffffff; border: 1px solid #d8dee4; border-radius: 12px; overflow: hidden; border-collapse: separate; table-layout: fixed; }
.preheader { display: none; max-height: 0; overflow: hidden; }
.band { height: 6px; line-height: 6px; font-size: 1px; }
.band.critical, .badge.critical { background: #c81e2b; color: #ffffff; }
.band.warning, .badge.warning { background: #9a5b00; color: #ffffff; }
.band.good, .badge.good { background: #17733a; color: #ffffff; }
.band.neutral, .badge.neutral { background: #57606a; color: #ffffff; }
.head { padding: 24px 28px 20px; }
.badge { display: inline-block; margin-right: 4px; padding: 4px 10px; border-radius: 999px; font-size: 12px; font-weight: 700; letter-spacing: 0.06em; }
h1 { margin: 14px 0 8px; font-size: 22px; line-height: 1.3; font-weight: 700; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 15px; line-height: 1.4; font-weight: 600; overflow-wrap: anywhere; }
h3 { margin: 22px 0 8px; font-size: 13px; font-weight: 600; }
p { margin: 0 0 4px; font-size: 14px; line-height: 1.5; }
.reason { font-size: 15px; }
.faint { color: #59636e; font-size: 13px; font-weight: 400; }
.part { padding: 22px 28px; border-top: 1px solid #d8dee4; }
.glance { margin: 0 0 14px; line-height: 1.3; }
.figure { font-size: 28px; font-weight: 700; padding-right: 8px; font-variant-numeric: tabular-nums; }
.glance .faint { font-size: 15px; padding-right: 8px; }
.glance .ratio { margin: 2px 0; }
.ratio { display: inline-block; padding: 2px 10px; border-radius: 6px; background: #eceff2; font-size: 15px; font-weight: 600; }
.short { padding-top: 14px; padding-bottom: 8px; }
.short .figure { font-size: 18px; }
.rows td { padding: 5px 0; vertical-align: baseline; line-height: 1.45; }
.label { width: 118px; padding-right: 12px !important; }
.text { font-size: 14px; overflow-wrap: anywhere; }
.item { margin: 0 0 12px; font-size: 14px; line-height: 1.45; }
.name { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; overflow-wrap: anywhere; }
.split { font-size: 13px; }
.bar { margin: 4px 0; border-collapse: separate; }
.bar td { height: 6px; line-height: 6px; font-size: 1px; padding: 0; }
.filled { background: #4a6fa5; border-radius: 3px; }
.rest { background: #e6eaef; border-radius: 3px; }
.notes p { font-size: 13px; }
.button { display: inline-block; padding: 11px 20px; border-radius: 8px; background: #1f4e8c; color: #ffffff; font-size: 15px; font-weight: 600; text-decoration: none; }
.foot { padding: 14px 28px 18px; border-top: 1px solid #d8dee4; font-size: 12px; }
@media (max-width: 480px) {
  .outer > tbody > tr > td { padding: 0; }
  .card { border-width: 0; border-radius: 0; }
  .head, .part, .foot { padding-left: 18px; padding-right: 18px; }
  .label { width: 96px; }
  .figure { font-size: 22px; }
  .button { display: block; text-align: center; }
}
@media (prefers-color-scheme: dark) {
  .page { background: #0d1117; color: #e6edf3; }
  .card { background: #161b22; border-color: #30363d; }
  .part, .foot { border-color: #30363d; }
  .faint { color: #9aa4af; }
  .ratio { background: #2a313a; }
  .filled { background: #6f9bd8; }
  .rest { background: #2a313a; }
  .button { background: #2f6fc0; }
}
`
