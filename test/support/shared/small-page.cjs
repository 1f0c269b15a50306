// What a page has around it, small enough for Node and for tests: a sign-in window that consents at once, and a Trello
// whose first access token is refused, so that the second call is the first that needs a refresh.

exports.openSmallPage = (scope) => {
  const listeners = new Set()
  const requests = []
  const origin = originOf(scope)
  let tokens = 0

  function json(body, status) {
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  }

  scope.addEventListener = (type, listener) => type === 'message' && listeners.add(listener)
  scope.removeEventListener = (_type, listener) => listeners.delete(listener)
  scope.screen ??= { availWidth: 1000, availHeight: 800 }
  scope.open = () => {
    const consentWindow = {
      closed: false,
      focus() {},
      close() {
        consentWindow.closed = true
      },
      postMessage() {},
      location: {
        replace(url) {
          const state = new URL(url).searchParams.get('state')
          const parameters = String(new URLSearchParams({ code: 'code-1', state }))
          const data = { powerUpOAuth: 1, type: 'response', parameters }
          const message = { data, origin, source: consentWindow }
          for (const listener of listeners) setTimeout(() => listener(message))
        },
      },
    }
    return consentWindow
  }
  scope.fetch = async (input, init) => {
    const request = new Request(input, init)
    requests.push(`${request.method} ${new URL(request.url).pathname}`)
    if (request.url.includes('/token')) {
      tokens++
      const names = { access_token: `access-${tokens}`, refresh_token: `refresh-${tokens}` }
      return json(
        { ...names, token_type: 'Bearer', expires_in: 3600, scope: 'read:member:trello offline_access' },
        200,
      )
    }
    if (request.headers.get('authorization') === 'Bearer access-1')
      return new Response('invalid token', { status: 401 })
    return json({ fullName: 'Ama Okafor' }, 200)
  }
  return { requests, tokens: () => tokens }
}

/** Signs in, and calls with a token that needs a refresh. Throws where anything of it went wrong. */
exports.signInAndCall = async (createClient, scope) => {
  const page = exports.openSmallPage(scope)
  const client = createClient({
    clientId: 'client-1',
    redirectUri: `${originOf(scope)}/callback.html`,
    scopes: ['read:member:trello'],
    workspace: 'workspace-1',
  })
  const state = await client.authorize()
  if (state.status !== 'authorized') throw new Error(`The state is ${state.status}`)
  const { fullName } = await client.api.get('/1/members/me')
  if (fullName !== 'Ama Okafor' || page.tokens() !== 2) throw new Error(page.requests.join('\n'))
  await client.signOut()
  return fullName
}

function originOf({ location }) {
  return location?.origin ?? 'https://power-up.example'
}
