#!/usr/bin/env node
import { runConnect } from '../connect/connect'
import { runCommand } from './command'

const [command, ...args] = process.argv.slice(2)
const print = (text: string) => process.stdout.write(`${text}\n`)

process.exitCode =
  command === 'connect'
    ? await runConnect(args, process.env, print)
    : runCommand(process.argv.slice(2), print)
