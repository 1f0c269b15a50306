/** Stores what a sign-in of the library has left, with a token that ends then. */
export async function seed(_config, { key, entry, expiresAt }) {
  const { record } = entry
  const tokenSet = { ...record.tokenSet, obtainedAt: expiresAt - 3_600_000, expiresAt }
  await window.storage.put(key, { ...entry, record: { ...record, tokenSet } })
}
