/** Most of what is waited for is there within some milliseconds; what takes longer is asked for less often. */
const firstPauseMs = 5
const longestPauseMs = 25

/** Asks until the answer is truthy. What was thrown last is the reason given when time runs out. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  within = 20_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + within
  let reason: unknown
  let pauseMs = firstPauseMs
  do {
    try {
      const answer = await limited(ask(), Math.max(deadline - Date.now(), 1000), what)
      if (answer) return answer
      reason = undefined
    } catch (error) {
      reason = error
    }
    await pause(pauseMs)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  } while (Date.now() < deadline)
  throw new Error(`Not within ${within} ms: ${what}`, { cause: reason })
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** A browser that never answers must not take the whole run with it. */
export async function limited<T>(answer: Promise<T>, within: number, what: string): Promise<T> {
  // What comes after the limit interests nobody, a failure neither.
  answer.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${within} ms: ${what}`)), within)
  })
  try {
    return await Promise.race([answer, silence])
  } finally {
    clearTimeout(timer)
  }
}
