import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform } from '../../../../src/base/platform'
import { withRestApi } from '../../../../src/compat/rest-api/capability-handlers'
import { errorOf } from '../../support/outcome'
import { memoryStorage } from '../support/memory-storage'
import { restApiSetUp } from '../support/rest-api'
import { createTrelloPowerUp, type FakeFrame } from '../support/trello-power-up'

const OLD_TOKEN = 'member/private/trello_token'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('callbacks in the answer of a capability', () => {
  const answers: unknown[] = []
  const ask = (t: FakeFrame) => void answers.push(t.getRestApi())
  const buttons = [{ text: 'A', callback: ask }]

  it.each([
    ['an array', () => buttons],
    ['a promise', async () => buttons],
    ['a promise of another library', () => thenable(buttons)],
    ['a promise of promises', async () => [thenable(buttons[0])]],
  ])('get a t that answers getRestApi() with ours: %s', async (_what, handler) => {
    vi.stubGlobal('Promise', class Replaced extends Promise<unknown> {})
    const { restApi } = restApiSetUp({}, { t: null })
    const trello = createTrelloPowerUp({ keepsRestApi: false })
    const handlers = withRestApi(
      { 'board-buttons': handler },
      { answer: () => restApi, isOn: () => true },
      false,
    )
    trello.initialize(handlers as never, {})
    const [first] = (await trello.ask('board-buttons')) as [unknown]
    const button = (await first) as { callback: typeof ask }
    button.callback(trello.newT())
    expect(answers.pop()).toBe(restApi)
  })
})

describe('remove-data', () => {
  function setUp(handler: () => unknown) {
    const { restApi, pluginData } = restApiSetUp(
      { legacy: true, localStorage: memoryStorage() as never },
      { t: null },
    )
    const trello = createTrelloPowerUp()
    pluginData.set(OLD_TOKEN, 'old-token')
    trello.pluginData.set(OLD_TOKEN, 'old-token')
    const handlersFor = (answer: () => typeof restApi) =>
      withRestApi({ 'remove-data': handler }, { answer, isOn: () => true }, true)
    return { restApi, trello, handlersFor }
  }

  it.each([
    ['rejects', () => Promise.reject(new Error('mine'))],
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
  ])("signs out, also where the Power-Up's function %s", async (_how, handler) => {
    const { restApi, trello, handlersFor } = setUp(handler)
    trello.initialize(handlersFor(() => restApi) as never, {})
    expect(await errorOf(trello.ask('remove-data'))).toMatchObject({ message: 'mine' })
    expect(trello.pluginData.size).toBe(0)
  })

  it("gives the Power-Up's own answer where the sign-out is impossible, and reports why", async () => {
    const reported = vi.spyOn(browserPlatform, 'reportError').mockReturnValue()
    const { trello, handlersFor } = setUp(() => 'done')
    const wrong = new Error('wrong options')
    const handlers = handlersFor(() => {
      throw wrong
    })
    trello.initialize(handlers as never, {})
    expect(await trello.ask('remove-data')).toBe('done')
    expect(reported.mock.calls).toEqual([[wrong]])
  })
})

/** As a promise of Bluebird's is: no `Promise` of the page, whichever that is. */
function thenable(value: unknown): PromiseLike<unknown> {
  const promise = Promise.resolve(value)
  // biome-ignore lint/suspicious/noThenProperty: what is tested
  return { then: (...given) => promise.then(...given) }
}
