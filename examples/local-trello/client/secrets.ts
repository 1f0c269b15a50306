import {
  bytesToHexString,
  decryptSecret,
  encryptSecret,
  exportAESCBCKeyToRaw,
  generateAESCBCKey,
  generateInitVector,
  hexStringToUint8Array,
  importAESCBCKeyFromRaw,
  sha256Digest,
} from './crypto'

/** What the secrets need of `t`. */
export interface SecretKeeper {
  getContext(): { member: string }
  get(scope: string, visibility: string, key: string): PromiseLike<unknown>
  set(scope: string, visibility: string, key: string, value: unknown): PromiseLike<unknown>
}

/**
 * Encrypts a secret with a key that Trello keeps for the member, and puts it into this browser's storage: another browser
 * doesn't have it.
 */
export async function storeSecret(t: SecretKeeper, name: string, secret: string): Promise<void> {
  const key = (await keyOf(t)) ?? (await newKey(t))
  const iv = generateInitVector()
  const encrypted = await encryptSecret(iv, key, secret)
  localStorage.setItem(await placeOf(t, name), `${bytesToHexString(iv)};${bytesToHexString(encrypted)}`)
}

/** The secret in clear text; rejects where this browser has none. */
export async function loadSecret(t: SecretKeeper, name: string): Promise<string> {
  const stored = localStorage.getItem(await placeOf(t, name))
  const key = await keyOf(t)
  if (stored === null || key === undefined) throw new Error('Unable to load secret')
  const [iv = '', encrypted = ''] = stored.split(';')
  return decryptSecret(hexStringToUint8Array(iv), key, encrypted)
}

export async function clearSecret(t: SecretKeeper, name: string): Promise<void> {
  localStorage.removeItem(await placeOf(t, name))
}

async function keyOf(t: SecretKeeper): Promise<CryptoKey | undefined> {
  const raw = await t.get('member', 'private', keyName)
  return typeof raw === 'string' ? importAESCBCKeyFromRaw(raw) : undefined
}

async function newKey(t: SecretKeeper): Promise<CryptoKey> {
  const key = await generateAESCBCKey()
  await t.set('member', 'private', keyName, bytesToHexString(await exportAESCBCKeyToRaw(key)))
  return key
}

function placeOf(t: SecretKeeper, name: string): Promise<string> {
  return sha256Digest(`${t.getContext().member}:${name}`)
}

const keyName = 'aescbc'
