import { createInterface } from 'node:readline'

// A process with one of the libraries. It does what each line asks for, and answers with one.

const clients = {
  'powerup-oauth': () => import('./powerup-oauth.js'),
  'simple-oauth2': () => import('./simple-oauth2.js'),
  'better-auth': () => import('./better-auth.js'),
}
const { client, setup } = JSON.parse(process.argv[2])
const opened = await (await clients[client]()).open(setup)
say({})

for await (const line of createInterface({ input: process.stdin })) say(await run(JSON.parse(line)))
await opened.close()

async function run({ does, key, tokens, codes, times, atOnce }) {
  const startAt = performance.now()
  if (does === 'prepare') await opened.prepare()
  if (does === 'keep') await opened.keep(key, tokens)
  let failed = 0
  if (does === 'exchange') await many(codes, atOnce, (code, at) => opened.exchange(`${key}${at}`, code))
  if (does === 'call') {
    const calls = Array.from({ length: times })
    await many(calls, atOnce, () => opened.call(key).catch(() => failed++))
  }
  return { ms: performance.now() - startAt, failed }
}

/** Works on all, so many at once. */
async function many(items, atOnce, work) {
  const entries = items.entries()
  const inTurn = async () => {
    for (const [at, item] of entries) await work(item, at)
  }
  await Promise.all(Array.from({ length: atOnce }, inTurn))
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
