import { createHmac, createPublicKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Switches } from '../switches'

/** What `t.jwt()` says of the person and the board. */
export interface JwtClaims {
  idMember: string
  idBoard: string
  idPlugin: string
  idCard?: string | undefined
  state?: string | undefined
}

export interface JwtIssuer {
  /** Signs a ticket, or makes an odd one, as the switch says. */
  sign(claims: JwtClaims, position?: Switches['ticket']): string
  /** The keys as Trello publishes them: texts in PEM, without an id; or a JWK set. */
  publicKeys(form?: Switches['ticketKeys']): readonly unknown[]
}

/** Signs with RS256, for fifteen minutes, with a key that is made at each start. */
export function createJwtIssuer(): JwtIssuer {
  const { privateKey, publicKey } = rsaKeys()
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()

  return {
    publicKeys: (form = 'pem') =>
      form === 'jwks'
        ? [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }]
        : [pem],
    sign({ idMember, idBoard, idPlugin, idCard, state }, position = 'ok') {
      if (state !== undefined && state.length > longestState) {
        throw new Error(`The state of t.jwt() has ${state.length} characters; ${longestState} are the most.`)
      }
      const now = Math.floor(Date.now() / 1000) - (position === 'expired' ? 2 * lifetimeS : 0)
      const claims = {
        idPlugin: position === 'otherPowerUp' ? 'another-power-up' : idPlugin,
        idBoard,
        idMember: position === 'otherMember' ? 'another-member' : idMember,
        idCard,
        state,
        iat: now,
        exp: now + lifetimeS,
        iss: 'trello',
      }
      const alg = position === 'unsigned' ? 'none' : position === 'hs256' ? 'HS256' : 'RS256'
      const content = [{ alg, typ: 'JWT' }, claims].map(encoded).join('.')
      if (position === 'unsigned') return `${content}.`
      // As if the public key, which everybody has, were a secret that both sides share.
      if (position === 'hs256')
        return `${content}.${createHmac('sha256', pem).update(content).digest('base64url')}`
      return `${content}.${signature(content, position === 'foreignKey' ? rsaKeys().privateKey : privateKey)}`
    },
  }
}

function rsaKeys(): { privateKey: KeyObject; publicKey: KeyObject } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

function signature(content: string, key: KeyObject): string {
  return createSign('RSA-SHA256').update(content).sign(key, 'base64url')
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const longestState = 2048
const lifetimeS = 15 * 60
