import { escapeHtml, signInDocument } from '../sign-in/sign-in-document'

/** The page at the callback address of a Power-Up that has none there. */
export function callbackNotice(path: string): string {
  return signInDocument(
    'There is no callback page yet',
    `<p>The consent came back to <strong>${escapeHtml(path)}</strong>, and your Power-Up has no page there. Copy these two
files of the package beside your other pages, once:</p>
<pre>node_modules/powerup-oauth/dist/callback.html
node_modules/powerup-oauth/dist/powerup-oauth-callback.js</pre>
<p class="note">If yours has another name, start with <code>--callback /its-name.html</code>, and register that address at
Trello.</p>`,
  )
}
