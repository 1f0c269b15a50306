import { fileURLToPath } from 'node:url'
import { makeStarter } from '../starter/starter'
import { check } from './check'
import { reportText } from './report'

const HELP = `Usage: npx powerup-oauth <command>

  check <folder>   reads a Power-Up's sources, and says what a move to OAuth 2.0 touches and what it can't decide,
                   with file and line. It changes nothing.
  starter <folder> puts a Power-Up to begin with into a new folder: Vite, TypeScript, the prompt, ten capabilities,
                   tests, and the callback page.
  connect          one consent in a browser on this machine, into the store of a keeper; connect --help says more
  --help           this text

Exit code: 0; 2 for a folder that can't be read or written, and for a command that there isn't.`

type Print = (text: string) => void

/** The folder of the package, seen from the file in `dist` that runs this. */
const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs a command. Returns the exit code.
 * @param print gets a text of one or more lines
 * @param packageFolder the folder of the package, with its build in it
 */
export function runCommand(args: readonly string[], print: Print, packageFolder = PACKAGE): number {
  const [command, folder, ...others] = args
  if (command === undefined || args.some((each) => each === '--help' || each === '-h')) {
    print(HELP)
    return 0
  }
  const run = COMMANDS.get(command)
  // An empty one comes of a variable that is not set. It would be the folder that one is in.
  if (run === undefined || !folder || others.length > 0) {
    print(run === undefined ? `There is no command ${command}.` : `${command} takes one folder.`)
    print(HELP)
    return 2
  }
  return run(folder, print, packageFolder)
}

const COMMANDS = new Map(Object.entries({ check: runCheck, starter: runStarter }))

function runCheck(folder: string, print: Print): number {
  try {
    print(reportText(check(folder)))
    return 0
  } catch (error) {
    print(`${folder} can't be read: ${wordsOf(error)}`)
    return 2
  }
}

function runStarter(folder: string, print: Print, packageFolder: string): number {
  try {
    makeStarter(packageFolder, folder)
    const quoted = /\s/.test(folder) ? `"${folder}"` : folder
    print(`${folder} is there. Next:\n\n  cd ${quoted}\n  npm install\n  npm test\n  npm run build`)
    print('\nIts README says how to see it on a board of this machine, and how to deploy it.')
    return 0
  } catch (error) {
    print(`${folder} can't be made: ${wordsOf(error)}`)
    return 2
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
