/** The frame of each page of the authorization server: plain HTML that needs nothing from elsewhere. */
export function signInDocument(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<p class="stand-in">Local Trello: a stand-in for Atlassian's sign-in. No password, no account.</p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</html>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const style = `
:root { color-scheme: light dark; --surface: #fff; --sunken: #f1f2f4; --text: #172b4d; --subtle: #505f79;
  --line: #dcdfe4; --brand: #0c66e4; --on-brand: #fff; }
@media (prefers-color-scheme: dark) { :root { --surface: #22272b; --sunken: #161a1d; --text: #c7d1db;
  --subtle: #9fadbc; --line: #3b444c; --brand: #579dff; --on-brand: #1d2125; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 420px); place-content: center; padding: 16px; background: var(--sunken);
  color: var(--text); font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 420px; min-width: 0; overflow-wrap: anywhere; background: var(--surface); border-radius: 8px; padding: 16px 24px;
  box-shadow: 0 1px 3px #091e4240, 0 8px 24px #091e4214; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 12px; }
p { margin: 0 0 10px; }
.stand-in { font-size: 12px; color: var(--subtle); border-bottom: 1px solid var(--line); padding-bottom: 10px; }
.note { font-size: 13px; color: var(--subtle); margin-top: 10px; }
pre { margin: 0 0 10px; padding: 10px 12px; border-radius: 6px; background: var(--sunken); font-size: 13px;
  white-space: pre-wrap; }
code { white-space: nowrap; }
ul { margin: 0 0 16px; padding: 4px 0; list-style: none; border: 1px solid var(--line); border-radius: 6px; }
li { padding: 5px 14px 5px 36px; position: relative; }
li::before { content: "✓"; position: absolute; left: 14px; color: var(--brand); font-weight: 700; }
form { display: inline; }
button, .actions a { font: inherit; font-weight: 500; border: 0; border-radius: 4px; padding: 9px 16px; cursor: pointer;
  background: var(--sunken); color: var(--text); text-decoration: none; display: inline-block; }
button:focus-visible, a:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
.primary, .actions a.primary { background: var(--brand); color: var(--on-brand); }
button.account { display: flex; gap: 12px; align-items: center; width: 100%; text-align: left; margin: 0 0 8px;
  background: transparent; border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; }
button.account:hover { background: var(--sunken); }
.initials { flex: none; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center;
  background: #1f845a; color: #fff; font-weight: 600; font-size: 13px; }
.account small { display: block; font-weight: 400; color: var(--subtle); }
.actions { display: flex; gap: 8px; margin: 4px 0 12px; }
`
