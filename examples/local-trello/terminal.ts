import { optionsHelp, optionsOf, readCommandLine } from './command-line'
import { type LocalTrello, type LocalTrelloOptions, startLocalTrello } from './local-trello'

export interface TerminalCommand {
  /** The words that start it, for the help. */
  usage: string
  version: string
  /** The folder that typed paths count from. */
  base: string
  /** Options for the Power-Up that is shown where nobody names one. */
  example: LocalTrelloOptions
  /** Lines of the help about options of its own. */
  moreHelp?: string
}

/** Does what was typed: starts the local Trello until Ctrl-C, or says what is wrong with the words. */
export async function runInTerminal(args: readonly string[], command: TerminalCommand): Promise<void> {
  const words = readCommandLine(args)
  const options = typeof words === 'string' ? words : optionsOf(words, command.base)
  const help = `${command.usage} [folder or url] [options]\n${optionsHelp}${command.moreHelp ?? ''}`
  if (typeof words !== 'string' && words.help) console.log(help)
  else if (typeof words !== 'string' && words.version) console.log(command.version)
  else if (typeof options === 'string') {
    console.error(`${options}\n\n${help}`)
    process.exitCode = 2
  } else {
    const isExample = options.powerUpDirectory === undefined && options.powerUpUrl === undefined
    await show(isExample ? { ...command.example, ...options } : options, isExample)
  }
}

async function show(options: LocalTrelloOptions, isExample: boolean): Promise<void> {
  const trello = await startLocalTrello(options).catch((error: unknown) => {
    // A data file that is wrong is named with its place; nobody has a use for the stack.
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
  if (trello === undefined) return
  console.log(`
  Local Trello is at ${trello.boardUrl({ openCard: true })}

${isExample ? walk : wordsForYours(trello, options)}
  "Faults…" on the board holds what may go wrong. Ctrl-C ends it.
`)
  const end = async () => {
    await trello.close()
    process.exit(0)
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

const walk = `  Press Connect on the card, choose an account and accept.
  Then "Expire access tokens" and "Greet me again": refreshed, and nobody noticed.
  Then "Take access back" and "Greet me again": the card asks to connect once more.`

function wordsForYours({ origins }: LocalTrello, options: LocalTrelloOptions): string {
  const { powerUpUrl, powerUpDirectory, callbackPaths = ['/callback.html'] } = options
  return `  Your Power-Up: ${powerUpUrl ?? powerUpDirectory}
  Its pages are at ${origins.powerUp}, and find this Trello at the real one's addresses: no edit is needed.
  Any client id is let in. The consent may come back to ${callbackPaths.join(', ')}.`
}
