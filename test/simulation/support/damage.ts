/** A part of the stored value that something else has spoiled. */
export type Damage = 'oneAttempt' | 'allAttempts' | 'lease' | 'coolDown' | 'everything'

/** Spoils one part of a stored value. What is sound besides must live on. */
export function damaged(value: unknown, part: Damage): unknown {
  if (part === 'everything') return 'spoiled'
  const stored = value as { attempts: readonly unknown[]; record?: object } | undefined
  if (!stored) return undefined
  if (part === 'oneAttempt') return { ...stored, attempts: [...stored.attempts, { state: 5 }] }
  if (part === 'allAttempts') return { ...stored, attempts: 'spoiled' }
  if (!stored.record) return stored
  return { ...stored, record: { ...stored.record, [part]: 'spoiled' } }
}
