import { TICKET_AGE_MAX_MS, TICKET_CLOCK_TOLERANCE_MS, TICKET_MAX_LENGTH } from '../base/durations'
import { parseObject } from '../base/fields'
import type { Platform } from '../base/platform'
import { NOT_LOGGED_IN } from '../base/trello'
import { bearerOf } from './bearer'
import { createTicketKeys, type TicketKeys } from './ticket-keys'

/** The options for checking tickets of `t.jwt()`. */
export interface TicketOptions {
  /** The id of the Power-Up. A ticket for another one is refused. */
  powerUpId: string
  /** The address of Trello's public keys. */
  keysUrl: string
  /** The issuer that a ticket must name. */
  issuer: string
}

/** The outcome of checking a ticket. */
export type TicketVerdict =
  /** Trello has signed it, for this Power-Up, not long ago. */
  | {
      kind: 'valid'
      /** The id of the member who asks. */
      member: string
      /** The id of the board that the frame belongs to. `undefined`: the ticket names no board. */
      board: string | undefined
    }
  /** It proves nothing. */
  | {
      kind: 'refused'
      /** The fault of the ticket. */
      reason: TicketFault
    }
  /** It can't be checked now: Trello's public keys are not there. */
  | { kind: 'unavailable' }

/** The reasons for which a ticket is refused. */
export type TicketFault =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'issuer'
  | 'powerUp'
  | 'member'
  | 'notYet'
  | 'expired'
  | 'signature'

/** Checks tickets. Never rejects. */
export type CheckTicket = (authorization: string | null) => Promise<TicketVerdict>

/**
 * Makes the check of the tickets that frames send as `Authorization: Bearer`. Only RS256 counts, whatever a ticket says of
 * its algorithm, and only the keys that are published at `keysUrl`.
 * @see RFC 7519, section 7.2, and RFC 8725
 */
export function createTicketCheck(platform: Platform, options: TicketOptions): CheckTicket {
  const keys = createTicketKeys(platform, options.keysUrl)
  return async (authorization) => {
    const ticket = bearerOf(authorization)
    if (ticket === undefined) return { kind: 'refused', reason: 'missing' }
    const parts = partsOf(ticket)
    if (!parts) return { kind: 'refused', reason: 'malformed' }
    const reason = faultOf(parts, options, platform.now())
    if (reason) return { kind: 'refused', reason }
    const isSigned = await isSignedByAny(parts, keys)
    if (isSigned === undefined) return { kind: 'unavailable' }
    if (!isSigned) return { kind: 'refused', reason: 'signature' }
    const { idMember, idBoard } = parts.claims
    return { kind: 'valid', member: String(idMember), board: isId(idBoard) ? idBoard : undefined }
  }
}

/** A ticket that was taken apart. Nothing of it is proven. */
interface TicketParts {
  header: Readonly<Record<string, unknown>>
  claims: Readonly<Record<string, unknown>>
  signed: string
  signature: Uint8Array<ArrayBuffer>
}

function partsOf(ticket: string): TicketParts | undefined {
  if (ticket.length > TICKET_MAX_LENGTH) return undefined
  const [head = '', body = '', signed = '', ...more] = ticket.split('.')
  const [header, claims, signature] = [jsonOf(head), jsonOf(body), bytesOf(signed)]
  if (more.length > 0 || !header || !claims || !signature) return undefined
  return { header, claims, signed: `${head}.${body}`, signature }
}

/** Finds what speaks against a ticket, before its signature is looked at: that costs most. */
function faultOf(
  { header, claims }: TicketParts,
  { issuer, powerUpId }: TicketOptions,
  now: number,
): TicketFault | undefined {
  // `crit` names rules that this code doesn't know.
  if (header.alg !== 'RS256' || header.crit !== undefined) return 'algorithm'
  const { iss, idPlugin, idMember, iat, exp, nbf = iat } = claims
  if (!isTime(iat) || !isTime(exp) || !isTime(nbf)) return 'malformed'
  if (iss !== issuer) return 'issuer'
  if (idPlugin !== powerUpId) return 'powerUp'
  if (!isId(idMember) || idMember === NOT_LOGGED_IN) return 'member'
  const latest = now + TICKET_CLOCK_TOLERANCE_MS
  const earliest = now - TICKET_CLOCK_TOLERANCE_MS
  if (iat * 1_000 > latest || nbf * 1_000 > latest) return 'notYet'
  if (exp * 1_000 <= earliest || iat * 1_000 + TICKET_AGE_MAX_MS < earliest) return 'expired'
  return undefined
}

/** Tells whether one of Trello's keys has signed a ticket. `undefined`: there are no keys. */
async function isSignedByAny(parts: TicketParts, keys: TicketKeys): Promise<boolean | undefined> {
  const known = await keys.known()
  if (!known) return undefined
  if (await isSignedWith(parts, known)) return true
  const newer = await keys.newer(known)
  return newer ? isSignedWith(parts, newer) : false
}

async function isSignedWith(
  { signed, signature }: TicketParts,
  keys: readonly CryptoKey[],
): Promise<boolean> {
  const content = new TextEncoder().encode(signed)
  for (const key of keys) {
    if (await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, content)) return true
  }
  return false
}

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = bytesOf(part)
  if (!bytes) return undefined
  try {
    return parseObject(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined // no UTF-8
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(base64url)) return undefined
  try {
    const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch {
    return undefined // a length that no encoding gives
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
