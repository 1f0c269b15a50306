import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Member } from '../data/models'
import type { LegacyTokens } from './legacy-tokens'
import { escapeHtml, signInDocument } from './sign-in-document'

/**
 * `/1/authorize`: asks for the old kind of access, and hands the token on as the app wishes: behind the hash of the return
 * page, by a message to the opener, or on this page. An empty token means no.
 */
export function sendLegacyConsent(
  request: IncomingMessage,
  response: ServerResponse,
  tokens: LegacyTokens,
  member: Member,
): void {
  const { searchParams } = new URL(request.url ?? '/', 'http://trello.localhost')
  const wish = (name: string, otherwise: string) => searchParams.get(name) ?? otherwise
  // client.js names the return page by the second name where it leads the whole page away.
  const returnUrl = wish('return_url', wish('redirect_uri', ''))
  const refusal = !searchParams.get('key')
    ? 'Invalid key'
    : returnUrl !== '' && !URL.canParse(returnUrl) && 'Invalid return_url'
  if (refusal) {
    response.writeHead(400, { 'content-type': 'text/plain;charset=utf-8' }).end(refusal)
    return
  }
  const name = wish('name', 'An unknown app')
  const scope = wish('scope', 'read')
  const expiration = wish('expiration', '30days')
  const token = tokens.issue(member.id, { name, scope, expiration })
  const way =
    wish('callback_method', wish('response_type', 'fragment')) === 'postMessage' ? 'postMessage' : 'fragment'
  const answers = answerLinks(returnUrl === '' ? 'page' : way, returnUrl, token)
  response.writeHead(200, { 'content-type': 'text/html;charset=utf-8', 'cache-control': 'no-store' })
  response.end(
    signInDocument(
      `${name} asks for the old kind of access`,
      `<p>You are signed in as <strong>${escapeHtml(member.fullName)}</strong>.</p>
<p>It gets a token for <strong>${escapeHtml(scope)}</strong> in all your workspaces, which ${lifeWords(expiration)}.</p>
<div class="actions">${answers}</div>`,
    ),
  )
}

function lifeWords(expiration: string): string {
  return expiration === 'never' ? 'never ends' : `ends after ${escapeHtml(expiration)}`
}

function answerLinks(way: 'fragment' | 'postMessage' | 'page', returnUrl: string, token: string): string {
  const link = (id: string, href: string, words: string, kind: string) =>
    `<a class="${kind}" id="${id}" data-test="${id}" href="${escapeHtml(href)}">${words}</a>`
  if (way === 'page') {
    return `<details><summary id="accept" data-test="accept">Allow</summary><pre id="token">${token}</pre></details>`
  }
  if (way === 'fragment') {
    return (
      link('accept', withToken(returnUrl, token), 'Allow', 'primary') +
      link('deny', withToken(returnUrl, ''), 'Deny', '')
    )
  }
  const target = JSON.stringify(new URL(returnUrl).origin)
  const send = (value: string) => `javascript:opener.postMessage(${JSON.stringify(value)}, ${target});close()`
  return link('accept', send(token), 'Allow', 'primary') + link('deny', send(''), 'Deny', '')
}

function withToken(returnUrl: string, token: string): string {
  const target = new URL(returnUrl)
  target.hash = `token=${token}`
  return target.href
}
