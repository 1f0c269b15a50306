import { runCheck } from './check'
import { ensurePackageIsBuilt } from './package-build'
import { runInTerminal } from './terminal'

// `npm run demo`: the tool as it stands in the repository, with the example Power-Up and the built package for it.

const args = process.argv.slice(2)
ensurePackageIsBuilt(console.log)
if (args.includes('--check')) process.exitCode = (await runCheck()) ? 0 : 1
else {
  await runInTerminal(args, {
    usage: 'npm run demo --',
    version: 'as it is in this clone',
    // npm runs its scripts in the package's folder, wherever one is.
    base: process.env.INIT_CWD ?? '.',
    example: {},
    moreHelp:
      '\n  --check             plays consent, expiry, refresh and revocation in a headless browser, then ends',
  })
}
