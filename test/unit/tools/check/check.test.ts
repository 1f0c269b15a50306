// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { check, findingsIn } from '../../../../tools/check/check'
import { KINDS } from '../../../../tools/check/finding'
import { anchorsIn } from '../../docs/pages'

/** The findings in one file, each as its line and its kind. */
function found(path: string, text: string): readonly string[] {
  return findingsIn([{ path, text }]).map(({ line, kind }) => `${line} ${kind}`)
}

describe('requests', () => {
  it.each([
    ['a query in a template', 'fetch(`https://api.trello.com/1/me?fields=id&key=${key}&token=${token}`)'],
    ['a query that is put together', "fetch('https://api.trello.com/1/me?key=' + key + '&token=' + token)"],
    ['URLSearchParams', 'const query = new URLSearchParams({ key, token })'],
    ['a JSON body', 'axios.post(url, { name, key: appKey, token: await restApi.getToken() })'],
    ['params of axios', "api.get('/boards', { params: { key, token } })"],
    ['a form', "form.append('token', token)"],
    ['parameters of a URL', "url.searchParams.set('token', token)"],
    ['pairs', "new URLSearchParams([['key', key], ['token', token]])"],
    ['text for URLSearchParams', 'new URLSearchParams(`key=${key}&token=${token}`)'],
    ['a query of parts', "const url = [base, '?key=', key, '&token=', token].join('')"],
    ['concat', "fetch(base.concat('?key=', key, '&token=', token))"],
    ['data of jQuery', "$.ajax({ url, data: 'key=' + key + '&token=' + token })"],
    ['parameters for all requests', "axios.defaults.params['token'] = token"],
    ['a parameter by itself', 'axios.get(url, { params: { token } })'],
    ['query() of superagent', 'request.get(url).query({ token: await tokenOf(t) })'],
    ['a picture of JSX', 'const A = () => <img src={`${url}?key=${key}&token=${token}`} />'],
    ['minified code', 'function a(b,c){return fetch("https://api.trello.com/1/"+b+"?key="+d+"&token="+c)}'],
    ['CommonJS', "module.exports = (t) => require('got')(`${url}?token=${t}`)"],
    ['parameters of Angular', "new HttpParams().set('key', key).set('token', token)"],
  ])('%s with key and token is found', (_what, code) => {
    expect(found('a.js', code)).toEqual(['1 request'])
  })

  it.each([
    ['a body of fetch', "fetch('/api/save', { method: 'POST', body: JSON.stringify({ token }) })"],
    ['a body under a name of its own', "fetch('/api', { body: JSON.stringify({ trelloToken: value }) })"],
    ['a body of axios', "axios.post('/api/save', { member, authToken })"],
    ['a beacon', "navigator.sendBeacon('/api', JSON.stringify({ token }))"],
    ['a body of an XMLHttpRequest', 'request.send(JSON.stringify({ access_token: token }))'],
  ])('%s with a token for a server of your own is found', (_what, code) => {
    expect(found('a.js', code)).toEqual(['1 request'])
  })

  it.each([
    ['a template', 'fetch(url, { headers: { Authorization: `Bearer ${token}` } })'],
    ['a text that is put together', "axios.get(url, { headers: { authorization: 'Bearer ' + auth.token } })"],
    ['the token itself', 'fetch(url, { headers: { Authorization: trelloToken } })'],
    ['an XMLHttpRequest', "request.setRequestHeader('Authorization', 'Bearer ' + token)"],
  ])('a token in a header by %s is found', (_what, code) => {
    expect(found('a.js', code)).toEqual(['1 passedToken'])
  })

  it.each([
    [
      'a token that is asked for just before',
      'const h = { headers: { Authorization: `Bearer ${await getToken()}` } }',
    ],
    [
      'a token against forgery',
      "fetch(url, { headers: { 'X-CSRF': csrfToken }, body: JSON.stringify({ csrfToken }) })",
    ],
    ['the place in a list', "axios.post('/search', { pageToken })"],
    ['a token that is none yet', "axios.post('/reset', { token: '' })"],
    ['an object that is not sent', 'const text = JSON.stringify({ token })'],
    ['a request that is not waited for', "$.ajax({ url, async: true, dataType: 'json' })"],
    ['a question', "$.get(url, { query: 'what is a=?b' }, (answer) => say('Is it?' + answer))"],
  ])('%s is not', (_what, code) => {
    expect(found('a.js', code)).toEqual([])
  })

  it.each([
    ['a token in a path', 'fetch(`/1/tokens/${token}/webhooks`)', 'tokenPath'],
    ['a synchronous request', "request.open('GET', url, false)", 'noHeader'],
    ['a synchronous request of jQuery', '$.ajax(url, { async: false })', 'noHeader'],
    ['the same for all requests', 'jQuery.ajaxSetup({ async: false })', 'noHeader'],
    ['JSONP', "$.ajax({ url, dataType: 'jsonp' })", 'noHeader'],
    ['JSONP by a name', "$.getJSON(url + '?callback=?', show)", 'noHeader'],
    ['JSONP by a place for the name', '$.getJSON(`${url}?key=${key}&callback=?&fields=id`)', 'noHeader'],
    ['JSONP of a package', 'fetchJsonp(url)', 'noHeader'],
    ['an OAuth header', 'const headers = { Authorization: `OAuth oauth_consumer_key="${key}"` }', 'noHeader'],
    ['a pattern for 64 digits', 'const isToken = /^[0-9a-f]{64}$/.test(token)', 'tokenShape'],
    ['its text', "new RegExp('^[0-9a-fA-Z]{76}$')", 'tokenShape'],
    ['validToken', 't.authorize(url, { validToken: (value) => value })', 'tokenShape'],
    ['isLikelyRestToken', 'if (isLikelyRestToken(token)) go()', 'tokenShape'],
    ['a token for another frame', "t.popup({ url: 'p.html', args: { token } })", 'passedToken'],
    ['a token in a signed address', "t.modal({ url: t.signUrl('p.html', { token }) })", 'passedToken'],
    ['a token of another frame', "const token = t.arg('token')", 'passedToken'],
    ['a token behind a name', "Trello.get('tokens/' + token + '/member')", 'tokenPath'],
    ['a path of parts', "api.get(['tokens', token, 'webhooks'].join('/'))", 'tokenPath'],
    ['a pattern of letters', 'const isToken = /^\\w{64}$/.test(token)', 'tokenShape'],
    ['a length', 'if (token.length !== 64) return', 'tokenShape'],
    ['the beginning of newer ones', "if (token.startsWith('ATTA')) go()", 'tokenShape'],
    ['a token in a header', "fetch('/api', { headers: { 'X-Trello-Token': token } })", 'passedToken'],
    ['a token for a message', 'parent.postMessage({ token }, origin)', 'passedToken'],
    ['a token that is captured', 'const item = { callback: show.bind(null, token) }', 'passedToken'],
    ['trello.js by require', "const trello = require('trello.js')", 'trelloJs'],
    ['trello.js on demand', "const trello = await import('trello.js')", 'trelloJs'],
    [
      'an address without its parameters',
      "axios.create({ baseURL: 'https://api.trello.com/1', params: auth })",
      'otherRequest',
    ],
    ['trello.js', "import { getMember } from 'trello.js/members'", 'trelloJs'],
  ])('%s is found', (_what, code, kind) => {
    expect(found('a.js', code)).toContain(`1 ${kind}`)
  })
})

describe('kept tokens', () => {
  it.each([
    ['under a name', "t.set('member', 'private', 'authToken', value)", 'keptToken'],
    ['in an object', "t.set('organization', 'private', { token })", 'keptToken'],
    ['read again', "const token = await t.get('board', 'private', 'token')", 'keptToken'],
    ['in localStorage', "localStorage.setItem('trello_token', value)", 'storedToken'],
    ['as a member of it', 'const value = window.localStorage.trello_token', 'storedToken'],
    ['on another card', "t.set(idOf(card), 'shared', 'authToken', value)", 'keptToken'],
    ['as a secret', "t.storeSecret('token', value)", 'keptToken'],
    ['as JSON', "sessionStorage.setItem('auth', JSON.stringify({ token }))", 'storedToken'],
    ['in a cookie', 'document.cookie = `token=${value}`', 'storedToken'],
    ['by a package for cookies', "Cookies.set('token', value)", 'storedToken'],
    ['by storeToken', 'restApi.storeToken(value)', 'storedToken'],
  ])('one %s is found', (_what, code, kind) => {
    expect(found('a.js', code)).toEqual([`1 ${kind}`])
  })

  it.each([
    ['another value', "t.set('card', 'shared', 'estimate', 5)"],
    ['a map', "map.set('token')"],
    ['a token against forgery', "localStorage.setItem('csrfToken', value)"],
    ['a module of design tokens', "import { color } from './tokens/color'"],
    ['data of a component', "export default { data: { token: '' } }"],
    ['a request of one key', 'const query = { key: 5 }'],
  ])('%s is not', (_what, code) => {
    expect(found('a.js', code)).toEqual([])
  })
})

describe('consent', () => {
  it.each([
    ['t.authorize', 'button.onclick = () => t.authorize(url)', 'consentUrl'],
    ['an address', 'location.href = `https://trello.com/1/authorize?key=${key}`', 'consentUrl'],
    ['a return page', 'window.opener.authorize(token)', 'consentUrl'],
    ['Trello.authorize', "Trello.authorize({ type: 'popup', success })", 'clientScript'],
    ['client.js handed on', 'const api = makeApi(window.Trello)', 'clientScript'],
    ['collections of client.js', 'window.Trello.cards.get(id, show)', 'clientScript'],
    ['a scope with a name', 'const f = () => t?.getRestApi().authorize(Config.scope)', 'scope'],
    ['an old scope', "const f = () => t.getRestApi().authorize({ scope: 'read,write' })", 'scope'],
    [
      'an await before',
      'async () => { await t.getRestApi().clearToken(); restApi.authorize() }',
      'lateConsent',
    ],
    ['a promise before', 'restApi.isAuthorized().then((is) => is || restApi.authorize())', 'lateConsent'],
    ['a call on load', 't.getRestApi().authorize()', 'consentOnLoad'],
    ['a handler of load', "addEventListener('DOMContentLoaded', () => restApi.authorize())", 'consentOnLoad'],
    ['window.onload', 'window.onload = function () { restApi.authorize() }', 'consentOnLoad'],
    ['t.render', 't.render(() => restApi.authorize())', 'consentOnLoad'],
    ['a function called on load', 'connect(); function connect() { restApi.authorize() }', 'consentOnLoad'],
    ['a function called in place', '(() => { restApi.authorize() })()', 'consentOnLoad'],
    [
      'a capability',
      "TrelloPowerUp.initialize({ 'show-authorization': (t) => t.getRestApi().authorize() }, options)",
      'consentOnLoad',
    ],
    ['a button of Trello', 'const button = { callback: (t) => t.getRestApi().authorize() }', 'consentOnLoad'],
    [
      'an await before a function that asks',
      'const ask = () => restApi.authorize()\nb.onclick = async () => { await 1; ask() }'.replace('\n', '; '),
      'lateConsent',
    ],
    [
      'a function that asks, for a promise',
      'load().then(ask); function ask() { restApi.authorize() }',
      'lateConsent',
    ],
    [
      'a handler of load by its name',
      "addEventListener('load', ask); function ask() { restApi.authorize() }",
      'consentOnLoad',
    ],
    [
      'a capability by its name',
      "TrelloPowerUp.initialize({ 'on-enable': ask }); function ask(t) { t.getRestApi().authorize() }",
      'consentOnLoad',
    ],
    [
      'a class of React',
      'class A extends Component { componentDidMount() { restApi.authorize() } }',
      'consentOnLoad',
    ],
    ['a class of Angular', 'class A { ngOnInit() { this.restApi.authorize() } }', 'consentOnLoad'],
    ['an object of Vue', 'export default { mounted() { restApi.authorize() } }', 'consentOnLoad'],
    ['Svelte', 'onMount(() => restApi.authorize())', 'consentOnLoad'],
    [
      'a function within an effect',
      'useEffect(() => { ask(); async function ask() { await restApi.authorize() } }, [])',
      'consentOnLoad',
    ],
    [
      'a return page that reads its hash',
      'const [, token] = location.hash.match(/token=([^&]+)/)',
      'consentUrl',
    ],
    [
      'one that parses it',
      "const token = new URLSearchParams(location.hash.slice(1)).get('token')",
      'consentUrl',
    ],
    ['client.js of another global', "globalThis.Trello.get('/members/me')", 'clientScript'],
    ['client.js that code loads', "script.src = 'https://trello.com/1/client.js?key=' + key", 'clientScript'],
    [
      'an address of the route',
      'const o = { redirectUri: `${location.pathname}callback.html` }',
      'relativeAddress',
    ],
    ['one above it', "const redirectUri = new URL('../c.html', location.href).toString()", 'relativeAddress'],
    ['an effect', 'useEffect(() => { restApi.authorize() }, [])', 'consentOnLoad'],
    ['an address beside the page', "const o = { redirectUri: 'callback.html' }", 'relativeAddress'],
    [
      'one from the page',
      "const returnUrl = escape(new URL('r.html', location.href).href)",
      'relativeAddress',
    ],
  ])('%s is found', (_what, code, kind) => {
    expect(found('a.js', code)).toContain(`1 ${kind}`)
  })

  it.each([
    [
      'first thing in a click',
      "b.addEventListener('click', async () => { await restApi.authorize(); await show() })",
    ],
    [
      'in a handler with a name',
      'async function connect() { await restApi.authorize() }\nb.onclick = connect',
    ],
    [
      'after an await of another function',
      'async () => { const f = async () => { await 1 }; restApi.authorize() }',
    ],
    ['a name for a click', 'b.onclick = ask; function ask() { restApi.authorize() }'],
    ['an address of the origin', 'const o = { redirectUri: `${location.origin}/callback.html` }'],
    ['an address from the root', "const o = { redirectUri: new URL('/a/callback.html', location.origin) }"],
    ['a whole address', "const o = { redirectUri: 'https://a.example/callback.html' }"],
  ])('%s is right', (_what, code) => {
    expect(found('a.js', code)).toEqual([])
  })

  it('a start without options is found where some file asks for getRestApi()', () => {
    const page = {
      path: 'page.js',
      text: 'const t = window.TrelloPowerUp.iframe()\nTrelloPowerUp.initialize({})',
    }
    const other = { path: 'other.js', text: 'export const ask = (t) => t.getRestApi().getToken()' }
    expect(findingsIn([page])).toEqual([])
    expect(findingsIn([other, page])).toEqual([
      { kind: 'noOptions', path: 'page.js', line: 1 },
      { kind: 'noOptions', path: 'page.js', line: 2 },
    ])
    const withOptions = {
      ...page,
      text: 'TrelloPowerUp.iframe(options)\nTrelloPowerUp.initialize({}, { appKey })',
    }
    expect(findingsIn([other, withOptions])).toEqual([])
    const withOthers = {
      ...page,
      text: 'const P = window.TrelloPowerUp\nconst t = P.iframe({ localization })',
    }
    expect(findingsIn([other, withOthers])).toEqual([{ kind: 'noOptions', path: 'page.js', line: 2 }])
    expect(findingsIn([other, { ...page, text: 'TrelloPowerUp.iframe({ ...options })' }])).toEqual([])
  })
})

describe('the languages that Power-Ups are written in', () => {
  const request = 'fetch(`https://api.trello.com/1/me?key=${key}&token=${token}`)'

  it.each([
    ['a classic script', 'a.js', `with (window) { var x = 010 }\n${request}`],
    ['JSX', 'a.jsx', `const A = () => (\n  <b onClick={() => ${request}}>a</b>)`],
    [
      'TypeScript',
      'a.ts',
      `const f = async <T>(x: unknown) => (x as T)!\nawait (${request} satisfies unknown)`,
    ],
    [
      'TSX',
      'a.tsx',
      `interface P { a?: string }\nexport const A = (p: P) => <b onClick={() => ${request}} />`,
    ],
    [
      'TSX with an arrow function of a constrained type',
      'a.tsx',
      `const first = <T extends object>(list: T[]) => list[0]\nconst A = () => <b onClick={() => ${request}} />`,
    ],
    [
      'a component of Angular',
      'a.component.ts',
      `@Component({ selector: 'a' }) export class A { constructor(private readonly http: Http) {}\n  go(): void { ${request} } }`,
    ],
    [
      'a component of Vue',
      'a.vue',
      `<template><p>a</p></template><script lang="ts">\nconst a = ${request} as any\n</script>`,
    ],
    ['a component of Svelte', 'a.svelte', `<script>let a\n$: ${request}</script>{#if a}<p>a</p>{/if}`],
    ['an inline script', 'a.html', `<p>a</p><script>\n${request}</script>`],
    ['an inline script of old pages', 'a.html', `<script><!--\n${request}\n//--></script>`],
    [
      'a script between texts that look like a comment',
      'a.html',
      `<script>const a = '<!--'</script>\n<script>${request}; const b = '-->'</script>`,
    ],
  ])('%s is read', (_what, path, code) => {
    expect(found(path, code)).toEqual(['2 request'])
  })

  it('the tags and the policy of a page are read, and what is commented out is not', () => {
    const page = `<!-- <script src="client.js"></script> -->
<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">
<script src="https://p.trellocdn.com/power-up.min.js"></script>
<script defer src='https://trello.com/1/client.js?key=k'></script>
<script type="application/json">{ "token": 1 }</script>
<script src="js/client.js"></script>
<script src="https://api.trello.com/1/client.js?key=k"></script>`
    expect(found('a.html', page)).toEqual(['3 powerUpScript', '4 clientScript', '7 clientScript', '2 policy'])
    expect(found('_headers', "/*\n  Content-Security-Policy: default-src 'self'")).toEqual(['2 policy'])
  })

  it.each([
    ['Vercel', 'vercel.json', '{ "headers": [\n{ "key": "Content-Security-Policy", "value": "x" }] }'],
    ['Netlify', 'netlify.toml', '[headers.values]\nContent-Security-Policy = "x"'],
    ['Firebase', 'web/firebase.json', '{ "headers": [\n{ "key": "Content-Security-Policy" }] }'],
    ['Azure', 'staticwebapp.config.json', '{ "globalHeaders": {\n"content-security-policy": "x" } }'],
    ['Apache', 'public/.htaccess', '<IfModule>\nHeader set Content-Security-Policy "x"'],
    ['nginx', 'docker/nginx.conf', 'server {\nadd_header Content-Security-Policy "x";'],
    ['Caddy', 'Caddyfile', 'header {\nContent-Security-Policy "x"'],
    ['IIS', 'web.config', '<customHeaders>\n<add name="Content-Security-Policy" value="x" />'],
    ['a template', 'views/card.ejs', '<head>\n<meta http-equiv="Content-Security-Policy" content="x">'],
    ['PHP', 'index.php', '<?php\nheader("Content-Security-Policy: x");'],
    ['a component', 'A.svelte', '<svelte:head>\n<meta http-equiv="Content-Security-Policy" content="x">'],
    ['a server', 'server.js', "\nresponse.setHeader('Content-Security-Policy', policy)"],
    ['a part of helmet', 'server.js', '\napp.use(helmet.contentSecurityPolicy({ directives }))'],
    ['helmet', 'server.ts', '\napp.use(helmet({ contentSecurityPolicy: { directives } }))'],
    ['a page of React', 'a.jsx', '\nconst a = <meta httpEquiv="Content-Security-Policy" content="x" />'],
  ])('the policy of %s is found', (_what, path, text) => {
    expect(found(path, text)).toEqual(['2 policy'])
  })

  it.each([
    ['an attribute of a page', 'a.html', '<p>a</p>\n<button onclick="restApi.authorize()">a</button>'],
    ['a link of a page', 'a.html', '\n<a href="https://trello.com/1/authorize?key=k">a</a>'],
    ['a template of Vue', 'a.vue', '<template>\n<img :src="`${url}?key=${key}&token=${token}`"></template>'],
    [
      'a template of Svelte',
      'a.svelte',
      '<script>let a</script>\n<button on:click={() => t.authorize(url)}>a</button>',
    ],
    ['a language that is not parsed', 'a.pug', 'script.\n  fetch(`${url}?token=${token}`)'],
  ])('%s is left to a person, with its line', (_what, path, code) => {
    expect(found(path, code)).toEqual(['2 markup'])
  })

  it('code that is no code is reported with its line', () => {
    expect(found('a.ts', 'const a = 1\nconst b = = 2')).toEqual(['2 unread'])
  })

  it('a text of too many parts is reported, and the other files are read all the same', () => {
    const picture = { path: 'a.js', text: `const picture = ${'"line" +\n'.repeat(8000)}"end"` }
    const request = { path: 'b.js', text: 'fetch(`${url}?key=${key}&token=${token}`)' }
    expect(findingsIn([picture, request]).map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'a.js unread',
      'b.js request',
    ])
  })

  it('a library that hands on twice as many functions takes twice the work', () => {
    const each = (_: unknown, at: number) => `on(handler${at})\nfunction handler${at}() { return ${at} }\n`
    const nodesLookedAt = (length: number) => {
      const look = vi.spyOn(Object, 'values')
      expect(found('a.js', Array.from({ length }, each).join(''))).toEqual([])
      const { length: looks } = look.mock.calls
      look.mockRestore()
      return looks
    }
    expect(nodesLookedAt(200)).toBeLessThan(2.1 * nodesLookedAt(100))
  })
})

describe('the Power-Ups of examples/migration', () => {
  it.each([
    ['script-tags', ['popup.js:13 scope', 'popup.js:27 request']],
    ['axios', ['popup.js:12 scope', 'popup.js:27 request', 'popup.js:28 request']],
    [
      'form-data',
      ['modal.js:18 lateConsent', 'modal.js:18 scope', 'modal.js:28 request', 'modal.js:39 request'],
    ],
    ['modules', ['popup.js:22 scope', 'popup.js:8 request']],
    ['router', ['index.html:5 policy', 'src/lists-page.jsx:12 scope', 'src/lists-page.jsx:20 request']],
    [
      'client-js',
      [
        'client.js:10 clientScript',
        'client.js:10 request',
        'client.js:13 clientScript',
        'client.js:2 clientScript',
        'client.js:4 clientScript',
        'client.js:7 clientScript',
        'popup.js:13 scope',
        'popup.js:19 clientScript',
        'popup.js:8 clientScript',
        'popup.js:9 clientScript',
      ],
    ],
    [
      't-authorize',
      [
        'auth-success.js:2 consentUrl',
        'popup.js:12 relativeAddress',
        'popup.js:13 consentUrl',
        'popup.js:14 consentUrl',
        'popup.js:15 keptToken',
        'popup.js:21 keptToken',
        'popup.js:22 request',
        'popup.js:27 keptToken',
        'popup.js:6 keptToken',
      ],
    ],
    [
      'kept-token',
      [
        'connector.js:3 keptToken',
        'connector.js:8 keptToken',
        'popup.js:12 relativeAddress',
        'popup.js:13 consentUrl',
        'popup.js:14 consentUrl',
        'popup.js:17 tokenShape',
        'popup.js:19 keptToken',
        'popup.js:25 keptToken',
        'popup.js:27 request',
        'popup.js:6 keptToken',
        'return.js:1 consentUrl',
        'return.js:2 consentUrl',
        'return.js:3 storedToken',
      ],
    ],
  ])('of %s it finds what their diffs change', (name, expected) => {
    const places = check(`examples/migration/${name}`)
      .findings.filter(({ kind }) => kind !== 'powerUpScript')
      .map(({ path, line, kind }) => `${path}:${line} ${kind}`)
    expect(places.sort()).toEqual(expected)
  })

  it('are all of them', () => {
    const folders = readdirSync('examples/migration', { withFileTypes: true }).filter((each) =>
      each.isDirectory(),
    )
    expect(folders).toHaveLength(8)
  })
})

it('each kind points to a heading of docs/migration.md', () => {
  const anchors = anchorsIn(readFileSync('docs/migration.md', 'utf8'))
  expect(Object.values(KINDS).filter(({ heading }) => !anchors.includes(heading))).toEqual([])
})
