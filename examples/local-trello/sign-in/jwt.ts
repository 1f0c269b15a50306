import { createPublicKey, createSign, generateKeyPairSync } from 'node:crypto'

/** What `t.jwt()` says of the person and the board. */
export interface JwtClaims {
  idMember: string
  idBoard: string
  idPlugin: string
  idCard?: string | undefined
  state?: string | undefined
}

export interface JwtIssuer {
  sign(claims: JwtClaims): string
  /** The keys as Trello publishes them: texts in PEM, without an id. */
  publicKeys: readonly string[]
}

/** Signs with RS256, for fifteen minutes, with a key that is made at each start. */
export function createJwtIssuer(): JwtIssuer {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
  return {
    publicKeys: [pem],
    sign({ idMember, idBoard, idPlugin, idCard, state }) {
      if (state !== undefined && state.length > longestState) {
        throw new Error(`The state of t.jwt() has ${state.length} characters; ${longestState} are the most.`)
      }
      const now = Math.floor(Date.now() / 1000)
      const claims = { idMember, idBoard, idPlugin, idCard, state, iat: now, exp: now + lifetimeS }
      const content = [{ alg: 'RS256', typ: 'JWT' }, claims].map(encoded).join('.')
      return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`
    },
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const longestState = 2048
const lifetimeS = 15 * 60
