/** Reads what an `Authorization` header brings after `Bearer`. `undefined`: nothing, or something else. */
export function bearerOf(authorization: string | null): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
}
