// The switches of the server as a form; each change is sent at once.

/** Sends a command to the server's control and gives its state back. */
export async function control(command) {
  const response = await fetch('/control', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

/**
 * @param {Element} panel
 * @param {(state: { switches: object, log: { tokenRequests: any[] } }) => void} [onState]
 */
export async function showSwitches(panel, onState = () => {}) {
  const response = await fetch('/control/state')
  show(await response.json())

  function show(state) {
    const names = Object.keys(state.switches)
    const fields = names.map((name) => field(name, state.switches[name], state.choices[name]))
    panel.replaceChildren(
      ...fields,
      button('Reset all', () => change({ reset: true })),
    )
    onState(state)
  }

  function field(name, position, positions) {
    const label = document.createElement('label')
    const input = positions === undefined ? document.createElement('input') : document.createElement('select')
    for (const each of positions ?? []) input.append(new Option(each, each))
    if (typeof position === 'number') input.type = 'number'
    input.value = String(position)
    input.id = `switch-${name}`
    input.classList.toggle('changed', positions !== undefined && position !== positions[0])
    input.addEventListener('change', () => {
      const value = typeof position === 'number' ? Number(input.value) : input.value
      change({ switches: { [name]: value } })
    })
    label.append(words[name] ?? name, input)
    label.title = name
    return label
  }

  async function change(command) {
    show(await control(command))
  }
}

function button(text, onClick) {
  const element = document.createElement('button')
  element.textContent = text
  element.addEventListener('click', onClick)
  return element
}

const words = {
  preflight: 'Token endpoint: CORS preflights',
  cors: 'Token endpoint: readable by pages',
  tokenEndpoint: 'Token endpoint: behaviour',
  tokenEndpointFor: '… for grant type',
  tokenEndpointTimes: '… for the next requests (0: all)',
  corsTimes: 'Readability: for the next requests (0: all)',
  keepAlive: 'Sign-in server keeps connections open',
  slowMs: '“slow” waits (ms)',
  retryAfterS: '“429RetryAfter” says (s)',
  retryAfterText: '… or says this text',
  deadToken: 'Form of “this refresh token is dead”',
  rotationLeewayMs: 'Leeway for a used refresh token (ms)',
  leewayAnswer: '… is answered within it with',
  replacedAccessTokenLifetimeS: 'Access token that a refresh replaced lives on (s)',
  grantLifetimeS: 'A consent lasts, however often it is refreshed (s)',
  secondConsent: 'A second consent of the same person',
  unknownScope: 'A scope that the app may not ask for',
  enabledScopes: 'Scopes switched on for the app (empty: all)',
  saysExpiresIn: '“expires_in” says (JSON; empty: the truth)',
  accessTokenLifetimeS: 'Access token lives (s)',
  refreshTokenLifetimeS: 'Refresh token lives (s)',
  codeLifetimeS: 'Authorization code lives (s)',
  authOpenerPolicy: 'Opener policy of the sign-in pages',
  boardOpenerPolicy: 'Opener policy of this board page',
  iss: 'Issuer in the authorization response',
  api: 'REST API: behaviour',
  apiTimes: '… for the next requests (0: all)',
  always401Text: '“always401” says',
  rateLimitCode: '“429” names the limit',
  missingScope: 'REST API on a missing scope says',
  hostCommands: 'Trello page: the two commands for tokens are',
  hostContext: 'Trello page: the frame that asks for tokens is',
  hostContextTimes: '… for the next requests (0: all)',
  hostRefreshToken: 'Trello page: the refresh token is',
  callbackHeaders: 'Headers of the callback page',
  laterPieces: 'Pieces of the library that are loaded on demand',
}
