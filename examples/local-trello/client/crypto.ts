// `TrelloPowerUp.util.crypto` and `.convert`: what `t.storeSecret` is made of.

export function bytesToHexString(bytes: ArrayBuffer | Uint8Array): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function hexStringToUint8Array(hex: string): Uint8Array<ArrayBuffer> {
  const pairs = hex.match(/../g) ?? []
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

export function generateInitVector(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(16))
}

export function generateAESCBCKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-CBC', length: 256 }, true, ['encrypt', 'decrypt'])
}

export function exportAESCBCKeyToRaw(key: CryptoKey): Promise<ArrayBuffer> {
  return crypto.subtle.exportKey('raw', key)
}

export function importAESCBCKeyFromRaw(rawHex: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', hexStringToUint8Array(rawHex), 'AES-CBC', true, [
    'encrypt',
    'decrypt',
  ])
}

export function encryptSecret(iv: BufferSource, key: CryptoKey, secret: string): Promise<ArrayBuffer> {
  return crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, new TextEncoder().encode(secret))
}

export async function decryptSecret(iv: BufferSource, key: CryptoKey, encrypted: string): Promise<string> {
  const bytes = await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, hexStringToUint8Array(encrypted))
  return new TextDecoder().decode(bytes)
}

export async function sha256Digest(text: string): Promise<string> {
  return bytesToHexString(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}
