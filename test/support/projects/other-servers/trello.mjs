const { subtle } = crypto
const RS256 = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
}

/** The part of Trello that a keeper speaks to. It is asked at addresses of its own for what a test wants to know. */
export function createTrello() {
  let keyPair
  let accessToken = ''
  let refreshToken = ''
  let tokenRequests = 0

  const routes = {
    '/oauth/token': answerTokenRequest,
    '/1/resource/jwt-public-keys': async () => Response.json({ keys: [pemOf(await keys())] }),
    '/1/members/me': (request) => ifBearer(request, { id: 'member' }),
    '/1/boards/board': (request) => ifBearer(request, { id: 'board', idOrganization: 'workspace' }),
    '/test/ticket': async () => new Response(await ticketOf(await keys())),
    '/test/token-requests': () => Response.json(tokenRequests),
    '/test/refuse-token': () => {
      accessToken = ''
      return new Response()
    },
  }

  async function keys() {
    keyPair ??= await subtle.generateKey(RS256, true, ['sign', 'verify'])
    const publicKey = new Uint8Array(await subtle.exportKey('spki', keyPair.publicKey))
    return { publicKey, privateKey: keyPair.privateKey }
  }

  function ifBearer(request, body) {
    const isGood = accessToken && request.headers.get('Authorization') === `Bearer ${accessToken}`
    return isGood ? Response.json(body) : new Response('invalid token', { status: 401 })
  }

  async function answerTokenRequest(request) {
    const fields = Object.fromEntries(await request.formData())
    if (fields.client_secret !== 'the secret') return refusal(401, 'invalid_client')
    const isCode =
      fields.grant_type === 'authorization_code' && /^the (?:first|second|third) code$/.test(fields.code)
    if (!isCode && fields.refresh_token !== refreshToken) return refusal(400, 'invalid_grant')
    tokenRequests++
    accessToken = `access-${tokenRequests}`
    refreshToken = `refresh-${tokenRequests}`
    return Response.json({
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read:member:trello',
    })
  }

  return async (request) => {
    const route = routes[new URL(request.url).pathname]
    return route ? route(request) : new Response('not found', { status: 404 })
  }
}

function refusal(status, error) {
  return Response.json({ error }, { status })
}

function pemOf({ publicKey }) {
  const lines = base64(publicKey).match(/.{1,64}/g)
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n')
}

/** A ticket as `t.jwt()` gives it. */
async function ticketOf({ privateKey }) {
  const nowS = Math.floor(Date.now() / 1_000)
  const claims = { idPlugin: 'power-up', idBoard: 'board', idMember: 'member', iss: 'trello' }
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { ...claims, iat: nowS, exp: nowS + 900 },
  ]
  const signed = parts.map((part) => base64url(bytesOf(JSON.stringify(part)))).join('.')
  const signature = await subtle.sign(RS256.name, privateKey, bytesOf(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

function bytesOf(text) {
  return new TextEncoder().encode(text)
}

function base64url(bytes) {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes))
}
