// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { localAddress } from '../../../../examples/local-trello/client/endpoints'
import {
  endpointsFor,
  rewritePage,
  rewriteScript,
  rewriteTags,
} from '../../../../examples/local-trello/power-up/page-rewrite'

const origins = { trello: 'http://t.localhost:1', auth: 'http://a.localhost:1', api: 'http://i.localhost:1' }
const first = '<script src="http://t.localhost:1/page-endpoints.js"></script>'

describe('a page of a Power-Up', () => {
  it.each([
    ['<!doctype html><html><head><title>x</title>', `<!doctype html><html><head>${first}<title>x</title>`],
    ['<html lang="en"><body>', `<html lang="en">${first}<body>`],
    ['<!doctype html><p>', `<!doctype html>${first}<p>`],
    ['<p>', `${first}<p>`],
  ])('%s loads the local script before all others', (page, rewritten) => {
    expect(rewritePage(page, origins)).toBe(rewritten)
  })

  it('loads the local scripts and styles in the place of Trello’s, without their checksums', () => {
    const page = `<script src="https://p.trellocdn.com/power-up.min.js" integrity="sha384-x"></script>
<link rel=stylesheet href=https://p.trellocdn.com/power-up.min.css>
<script src='https://trello.com/1/client.js?key=abc'></script>
<script src="https://cdn.example/jquery.js" integrity="sha384-y"></script>`
    expect(rewriteTags(page, origins)).toBe(`<script src="http://t.localhost:1/power-up.min.js"></script>
<link rel=stylesheet href=http://t.localhost:1/power-up.min.css>
<script src='http://t.localhost:1/1/client.js?key=abc'></script>
<script src="https://cdn.example/jquery.js" integrity="sha384-y"></script>`)
  })

  it('keeps what its own code says', () => {
    const page = `<script>const url = "https://trello.com/c/x"; fetch('https://api.trello.com/1/members/me')</script>`
    expect(rewriteTags(page, origins)).toBe(page)
  })

  it('goes to the local authorization server from its inline scripts', () => {
    const page = (origin: string) =>
      `<a href="https://auth.atlassian.com/help"></a><script>location.href = '${origin}/authorize'</script>`
    expect(rewritePage(page('https://auth.atlassian.com'), origins)).toBe(
      first + page('http://a.localhost:1'),
    )
  })

  it('has a policy that lets the local hosts in, too', () => {
    const policy = (hosts: string) =>
      `<meta http-equiv="Content-Security-Policy" content="connect-src 'self' ${hosts}">`
    expect(
      rewriteTags(policy('https://api.trello.com https://auth.atlassian.com/oauth/token'), origins),
    ).toBe(
      policy(
        'https://api.trello.com http://i.localhost:1 https://auth.atlassian.com http://a.localhost:1/oauth/token',
      ),
    )
  })

  it('has scripts that name the local authorization server, and nothing else', () => {
    const script = `const a = 'https://auth.atlassian.com/authorize', b = 'https://api.trello.com/1'`
    expect(rewriteScript(script, origins)).toBe(
      `const a = 'http://a.localhost:1/authorize', b = 'https://api.trello.com/1'`,
    )
  })
})

describe('an address', () => {
  it.each([
    ['https://api.trello.com/1/cards?x=1', 'http://i.localhost:1/1/cards?x=1'],
    ['https://trello.com', 'http://t.localhost:1'],
    ['https://trello.com.evil.example/1', 'https://trello.com.evil.example/1'],
    ['https://my.example/?to=https://trello.com', 'https://my.example/?to=https://trello.com'],
    ['./page.html', './page.html'],
  ])('%s becomes %s', (url, local) => {
    expect(localAddress(endpointsFor(origins), url)).toBe(local)
  })
})
