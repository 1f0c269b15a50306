import { completeVisit } from './sign-in/callback-page'

void completeVisit()

/** System colours are light or dark as the browser is, and can be read in both. */
const STYLE =
  ':root{padding:8vh 16px;font:14px/20px system-ui,sans-serif}' +
  'body{box-sizing:border-box;max-width:400px;margin:0 auto;padding:20px 24px;border:1px solid #8886;border-top:4px solid #388bff;border-radius:8px}' +
  'h1{margin:0 0 8px;font-size:20px;line-height:24px}' +
  'p{margin:0}'

// By script, so that the page needs neither a second file nor an inline style, which strict policies forbid.
try {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  document.adoptedStyleSheets = [sheet]
} catch {
  // Safari before 16.4 shows its own style.
}
