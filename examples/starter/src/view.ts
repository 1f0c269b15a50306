import type { Client } from 'powerup-oauth'
import type { PromptElement } from 'powerup-oauth/prompt'

/** The parts of a page. */
export interface Page {
  /** Says what there is to do, and has the button for it. */
  prompt: PromptElement
  /** Shows what the page is for. */
  text: HTMLElement
}

/**
 * Shows what `load` gives as long as the person is connected, and nothing otherwise: the prompt has words for that.
 * @returns its undo
 */
export function showWhenConnected(
  client: Pick<Client, 'subscribe'>,
  { prompt, text }: Page,
  load: () => string | Promise<string>,
): () => void {
  let isConnected = false
  return client.subscribe(async ({ status }) => {
    const wasConnected = isConnected
    isConnected = status === 'authorized'
    if (!isConnected) text.textContent = ''
    if (!isConnected || wasConnected) return
    text.textContent = 'One moment …'
    const words = await wordsOf(load, prompt)
    if (isConnected) text.textContent = words
  })
}

async function wordsOf(load: () => string | Promise<string>, prompt: PromptElement): Promise<string> {
  try {
    return await load()
  } catch (error) {
    prompt.error = error
    // Where the prompt has words for it, they are enough.
    return prompt.situation || !(error instanceof Error) ? '' : error.message
  }
}
