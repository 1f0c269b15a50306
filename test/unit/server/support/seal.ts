import type { Seal } from '../../../../src/server/seal'

/** Encrypts what is stored with AES-GCM, by a key that is made now. */
export async function sealWithKey(): Promise<Seal> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  return {
    seal: async (text) => {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text))
      return [iv, new Uint8Array(sealed)].map((part) => Buffer.from(part).toString('base64')).join('.')
    },
    open: async (text) => {
      const [iv = new Uint8Array(), sealed = new Uint8Array()] = text
        .split('.')
        .map((part) => Uint8Array.from(Buffer.from(part, 'base64')))
      return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed))
    },
  }
}
