#!/usr/bin/env node
import { runCommand } from './command'

process.exitCode = runCommand(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`))
