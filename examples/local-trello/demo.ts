import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runCheck } from './check'
import { startLocalTrello } from './local-trello'
import { ensurePackageIsBuilt } from './package-build'

const help = `npm run demo -- [--port <n>] [--power-up <folder or url>] [--check]

  --port <n>        the port to begin with (8080); a taken one means the next
  --power-up …      a Power-Up of yours, to be shown in the frames: the folder of its files, or the address of its
                    connector page
  --check           plays consent, expiry, refresh and revocation in a headless browser, then ends`

const walk = `  Press Connect on the card, choose an account and accept.
  Then "Expire access tokens" and "Greet me again": refreshed, and nobody noticed.
  Then "Take access back" and "Greet me again": the card asks to connect once more.`

interface Wishes {
  port: number
  powerUp: { url: string } | { directory: string } | undefined
  check: boolean
}

await main()

async function main(): Promise<void> {
  const wishes = readWishes()
  if (typeof wishes === 'string') {
    console.error(`${wishes}\n\n${help}`)
    process.exitCode = 2
    return
  }
  ensurePackageIsBuilt(console.log)
  if (wishes.check) process.exitCode = (await runCheck()) ? 0 : 1
  else await show(wishes)
}

async function show({ port, powerUp }: Wishes): Promise<void> {
  const trello = await startLocalTrello({
    port,
    ...(powerUp &&
      ('url' in powerUp ? { powerUpUrl: powerUp.url } : { powerUpDirectory: powerUp.directory })),
  })
  console.log(`
  Local Trello is at ${trello.boardUrl({ openCard: true })}

${powerUp === undefined ? walk : endpointsFor(trello.origins, powerUp)}
  "Faults…" on the board holds what may go wrong.
  Ctrl-C ends it.
`)
  const end = async () => {
    await trello.close()
    process.exit(0)
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

function endpointsFor({ auth, api }: { auth: string; api: string }, powerUp: object): string {
  const script = `${api.replace('api.', 'trello.')}/power-up.min.js`
  const where =
    'url' in powerUp
      ? `Your Power-Up is shown from its own address. Let its pages load ${script} instead of Trello's script.`
      : `Your Power-Up's folder is served as it is, but for Trello's script, which becomes ${script}.`
  return `  ${where}
  Any client id and any callback page on its origin is let in. Give createClient these while it runs here:
    authorizationEndpoint: '${auth}/authorize',
    tokenEndpoint: '${auth}/oauth/token',
    apiOrigins: ['${api}'],`
}

/** What was asked for, or what is wrong with it. */
function readWishes(): Wishes | string {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8080' },
        'power-up': { type: 'string' },
        check: { type: 'boolean', default: false },
      },
    })
    const port = Number(values.port)
    const powerUp = values['power-up']
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return `--port takes a number, not "${values.port}".`
    if (powerUp === undefined || /^https?:/.test(URL.canParse(powerUp) ? powerUp : '')) {
      return { port, powerUp: powerUp === undefined ? undefined : { url: powerUp }, check: values.check }
    }
    // npm runs its scripts in the package's folder, wherever one is.
    const directory = resolve(process.env.INIT_CWD ?? '.', powerUp)
    if (!existsSync(join(directory, 'index.html'))) {
      return `--power-up takes the address of a connector page, or a folder with an index.html. ${directory} has none.`
    }
    return { port, powerUp: { directory }, check: values.check }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
