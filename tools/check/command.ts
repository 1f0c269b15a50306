import { check } from './check'
import { reportText } from './report'

const HELP = `Usage: npx powerup-oauth <command>

  check <folder>   reads a Power-Up's sources, and says what a move to OAuth 2.0 touches and what it can't decide,
                   with file and line. It changes nothing.
  --help           this text

Exit code: 0; 2 for a folder that can't be read, and for a command that there isn't.`

/** Runs a command. Returns the exit code. @param print gets a text of one or more lines */
export function runCommand(args: readonly string[], print: (text: string) => void): number {
  const [command, folder, ...others] = args
  if (command === undefined || args.some((each) => each === '--help' || each === '-h')) {
    print(HELP)
    return 0
  }
  if (command !== 'check' || folder === undefined || others.length > 0) {
    print(command === 'check' ? 'check takes one folder.' : `There is no command ${command}.`)
    print(HELP)
    return 2
  }
  return runCheck(folder, print)
}

function runCheck(folder: string, print: (text: string) => void): number {
  try {
    print(reportText(check(folder)))
    return 0
  } catch (error) {
    print(`${folder} can't be read: ${error instanceof Error ? error.message : error}`)
    return 2
  }
}
