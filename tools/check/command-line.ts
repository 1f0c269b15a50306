#!/usr/bin/env node
import { runConnect } from '../connect/connect'
import { runCommand } from './command'

const [command, ...args] = process.argv.slice(2)
const print = (text: string) => process.stdout.write(`${text}\n`)
// A reader such as `head` has seen enough.
process.stdout.on('error', () => process.exit())

if (command === 'connect') {
  process.exitCode = await runConnect(args, process.env, print)
  // The connections of a store would keep the process alive. What was printed comes first.
  process.stdout.write('', () => process.exit())
} else {
  process.exitCode = runCommand(process.argv.slice(2), print)
}
