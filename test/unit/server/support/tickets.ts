import { exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose'
import { START } from '../../support/clock'

/** Trello's key, one that it had before, and one that is nobody's. */
export const trelloKey = await generateKeyPair('RS256')
export const formerKey = await generateKeyPair('RS256')
export const strangersKey = await generateKeyPair('RS256')

/** The keys as Trello publishes them. */
export const published = {
  keys: [await exportSPKI(formerKey.publicKey), await exportSPKI(trelloKey.publicKey)],
}

/** The clock of these tests, in seconds. */
export const NOW_S = START / 1_000

export const POWER_UP = '5e66784c606cb1160a8f5dc0'
export const MEMBER = '5e645dc2c4205e1416218404'
export const BOARD = '5e667811606cb1160a8f5bf7'

export interface TicketDifferences {
  key?: CryptoKey
  header?: Partial<JWTHeaderParameters>
  claims?: Record<string, unknown>
}

/** A ticket as `t.jwt()` gives it; the differences make it an odd one. A claim that is `undefined` is left out. */
export function ticket({
  key = trelloKey.privateKey,
  header,
  claims,
}: TicketDifferences = {}): Promise<string> {
  const usual = {
    idPlugin: POWER_UP,
    idBoard: BOARD,
    idMember: MEMBER,
    iat: NOW_S,
    exp: NOW_S + 900,
    iss: 'trello',
  }
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header })
    .sign(key)
}

/** A ticket with any header and claims, and a signature of one's own making. */
export function forgedTicket(header: object, claims: object, signature: string | Uint8Array): string {
  const part = (value: object | string | Uint8Array) =>
    Buffer.from(
      typeof value === 'object' && !(value instanceof Uint8Array) ? JSON.stringify(value) : value,
    ).toString('base64url')
  return [part(header), part(claims), part(signature)].join('.')
}
