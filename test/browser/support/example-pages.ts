import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { Frame, Tab } from './driver'

export type Kind = 'section' | 'popup'

export const PROMPT_BUTTON = 'powerup-oauth-prompt >>> button'

export const selectorOf = (kind: Kind) => `iframe[data-frame="${kind}"]`

/** The section on the card, or what a button of the board has opened. */
export function frameOf(board: Tab, kind: Kind): Frame {
  return board.frame(selectorOf(kind))
}

/** The example in React as a static host gets it. */
export async function buildReactExample(): Promise<{ directory: string; remove(): Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'greeter-react-'))
  await build({ root: 'examples/react', logLevel: 'warn', build: { outDir, emptyOutDir: true } })
  return { directory: outDir, remove: () => rm(outDir, { recursive: true }) }
}
