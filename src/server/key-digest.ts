/** Makes a name of a fixed length and of the digits 0 to f for a key: its SHA-256. Two keys never share one. */
export async function digestOf(key: string): Promise<string> {
  // JSON writes half a surrogate pair as an escape. UTF-8 would make one replacement character of all of them.
  const bytes = new TextEncoder().encode(JSON.stringify(key))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
