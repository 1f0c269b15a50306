import { escapeHtml } from '../sign-in/sign-in-document'

/** The page at the callback address of a Power-Up that has none there. */
export function callbackNotice(path: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>There is no callback page yet</title>
<style>body { font: 15px/1.5 system-ui, sans-serif; max-width: 36em; margin: 10vh auto; padding: 0 16px }
pre { background: #f1f2f4; color: #172b4d; padding: 12px; overflow: auto }</style>
<h1>There is no callback page yet</h1>
<p>The consent came back to <code>${escapeHtml(path)}</code>, and your Power-Up has no page there. Copy these two files of the
package beside your other pages, once:</p>
<pre>cp node_modules/powerup-oauth/dist/callback.html node_modules/powerup-oauth/dist/powerup-oauth-callback.js .</pre>
<p>If yours has another name, start with <code>--callback /its-name.html</code>, and register that address at Trello.</p>
</html>`
}
