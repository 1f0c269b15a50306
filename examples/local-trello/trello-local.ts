import { createRequire } from 'node:module'
import { ownFile } from './own-files'
import { runInTerminal } from './terminal'

// The command `trello-local`. The build puts `#!/usr/bin/env node` before it.

await runInTerminal(process.argv.slice(2), {
  usage: 'npx trello-local',
  version: createRequire(import.meta.url)('../package.json').version,
  base: '.',
  example: { powerUpDirectory: ownFile('greeter'), packageDirectory: false },
})
