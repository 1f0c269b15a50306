import { parseArgs } from 'node:util'
import { runCheck } from './check'
import { startLocalTrello } from './local-trello'
import { ensurePackageIsBuilt } from './package-build'

const help = `npm run demo -- [--port <n>] [--power-up <url>] [--check]

  --port <n>        the port to begin with (8080); a taken one means the next
  --power-up <url>  the connector page of a Power-Up of yours, to be shown in the frames
  --check           plays consent, expiry, refresh and revocation in a headless browser, then ends`

interface Wishes {
  port: number
  powerUpUrl: string | undefined
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

async function show({ port, powerUpUrl }: Wishes): Promise<void> {
  const trello = await startLocalTrello({ port, ...(powerUpUrl === undefined ? {} : { powerUpUrl }) })
  console.log(`
  Local Trello is at ${trello.boardUrl({ openCard: true })}

  Press Connect on the card, choose an account and accept.
  Then "Expire access tokens" and "Greet me again": refreshed, and nobody noticed.
  Then "Take access back" and "Greet me again": the card asks to connect once more.
  "Faults…" holds what else may go wrong. ${powerUpUrl === undefined ? '' : endpointsFor(trello.origins)}
  Ctrl-C ends it.
`)
  const end = async () => {
    await trello.close()
    process.exit(0)
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

function endpointsFor({ auth, api }: { auth: string; api: string }): string {
  return `

  Your Power-Up is shown from its own address; any client id and any callback page on its origin is let in.
  Give createClient these while it runs here:
    authorizationEndpoint: '${auth}/authorize',
    tokenEndpoint: '${auth}/oauth/token',
    apiOrigins: ['${api}'],
  and let its pages load ${api.replace('api.', 'trello.')}/power-up.min.js instead of Trello's script.
`
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
    const powerUpUrl = values['power-up']
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return `--port takes a number, not "${values.port}".`
    if (powerUpUrl !== undefined && !/^https?:/.test(URL.canParse(powerUpUrl) ? powerUpUrl : '')) {
      return `--power-up takes the address of a page, not "${powerUpUrl}".`
    }
    return { port, powerUpUrl, check: values.check }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
