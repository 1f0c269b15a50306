/** A part of the stored value that something else has spoiled. */
export type Damage = 'oneAttempt' | 'allAttempts' | 'lease' | 'coolDown' | 'everything'

/** Names the fault. Damage to a mark takes nothing away that a person has. */
export function damageName(part: Damage): string {
  return part === 'lease' ? 'damaged mark' : 'damage'
}

/** Spoils one part of a stored value. What is sound besides must live on. */
export function damaged(value: unknown, part: Damage): unknown {
  if (part === 'everything') return 'spoiled'
  const stored = value as { attempts: readonly unknown[]; record?: object } | string | undefined
  // Nothing is left to spoil.
  if (typeof stored !== 'object') return stored
  if (part === 'oneAttempt') return { ...stored, attempts: [{ state: 5 }].concat(stored.attempts as []) }
  if (part === 'allAttempts') return { ...stored, attempts: 'spoiled' }
  if (!stored.record) return stored
  return { ...stored, record: { ...stored.record, [part]: 'spoiled' } }
}
