import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import { consent } from '../unit/examples/local-trello/support/sign-in'
import { sealWithKey } from '../unit/server/support/seal'
import { startCaller } from './support/callers'
import { grantExpired, keeperAt, serverOf } from './support/granted'
import { keeperPlaces, type PlaceName } from './support/places'
import { openSecretScan, rawTexts } from './support/secret-scan'
import { type OpenStore, openStore, type Place } from './support/stores'

const PROCESSES = 8
const CALLS = 10

const parts = inject('parts')
const scratch = mkdtempSync(join(tmpdir(), 'powerup-oauth-keeper-'))
let trello: LocalTrello

beforeAll(async () => {
  trello = await startLocalTrello({ port: 0, quiet: true })
})
afterEach(() => {
  trello.switches.reset()
  trello.log.clear()
})
afterAll(async () => {
  await trello.close()
  rmSync(scratch, { recursive: true, force: true })
})

const names: readonly PlaceName[] = ['file', 'sqlite', 'postgres', 'redis']

describe.each(names)('keepers over %s', (name) => {
  if (!newPlace(name)) {
    it.skip('are tested where this machine has it', () => undefined)
    return
  }

  it(`in ${PROCESSES} processes with ${CALLS} calls each make one token request when the token is over`, async () => {
    const { place, store, close } = await openNew(name)
    await grantExpired(trello, { store }, ['night'])
    trello.log.clear()
    const task = { place, server: serverOf(trello) }
    const callers = await Promise.all(
      Array.from({ length: PROCESSES }, () => startCaller(parts.programs.caller, task)),
    )

    const ends = await Promise.all(
      callers.map((caller) => caller.ask({ key: 'night', what: 'call', times: CALLS })),
    )
    for (const caller of callers) caller.finish()
    for (const caller of callers) expect(await caller.ended).toEqual({ code: 0, signal: null, errors: '' })

    expect(ends.flat()).toEqual(Array(PROCESSES * CALLS).fill('ok'))
    expect(trello.log.tokenRequests.map(({ grantType, outcome }) => [grantType, outcome])).toEqual([
      ['refresh_token', 'success'],
    ])
    expect(trello.log.apiRequests.filter(({ status }) => status === 200)).toHaveLength(PROCESSES * CALLS)
    await close()
  })

  it('leave no secret in the store, the events, the errors or the log', async () => {
    const { place, store, close } = await openNew(name)
    const scan = openSecretScan(trello)
    const options = { store, seal: await sealWithKey(), onEvent: scan.note }
    const keeper = keeperAt(trello, options)
    await grantExpired(trello, options, ['lost', 'down', 'revoked'])

    trello.switches.set({ tokenEndpoint: 'answerLost', tokenEndpointTimes: 1 })
    await keeper.client('lost').api.get('/1/members/me')
    trello.switches.set({ tokenEndpoint: '503html', tokenEndpointTimes: 3 })
    await scan.noteError(keeper.client('down').getAccessToken())
    trello.switches.set({ tokenEndpoint: 'ok', tokenEndpointTimes: 0, api: 'always401' })
    await scan.noteError(keeper.client('lost').api.get('/1/members/me'))
    trello.switches.set({ api: 'ok' })
    await scan.noteError(keeperAt(trello, { store }).client('lost').getAccessToken())
    const { code, verifier } = await consent(trello, {})
    trello.switches.set({ tokenEndpoint: 'answerLost', tokenEndpointTimes: 1 })
    await scan.noteError(keeper.exchange('never', { code, codeVerifier: verifier }))
    trello.switches.reset()
    trello.revokeGrants()
    await scan.noteError(keeper.client('revoked').getAccessToken())
    await keeper.client('lost').signOut()

    for (const key of await store.keys()) scan.note(await store.get(key))
    for (const text of rawTexts(place)) scan.note(text)
    expect(await scan.leaks()).toEqual([])

    // The scan sees what is there: without a seal the texts have the tokens.
    await grantExpired(trello, { store }, ['unsealed'])
    scan.note(await store.get('unsealed'))
    expect(await scan.leaks()).toEqual(['access token', 'refresh token'])
    await close()
  })
})

function newPlace(name: PlaceName): Place | undefined {
  return keeperPlaces(parts, mkdtempSync(join(scratch, 'place-')))[name]
}

async function openNew(name: PlaceName): Promise<OpenStore & { place: Place }> {
  const place = newPlace(name)
  if (!place) throw new Error(`This machine has not what ${name} needs.`)
  const opened = await openStore(place)
  await opened.store.migrate?.()
  return { place, ...opened }
}
