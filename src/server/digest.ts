/** Makes a name of a fixed length and of the digits 0 to f for a text: its SHA-256. Two texts never share one. */
export async function digestOf(text: string): Promise<string> {
  // JSON writes half a surrogate pair as an escape. UTF-8 would make one replacement character of all of them.
  const bytes = new TextEncoder().encode(JSON.stringify(text))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
