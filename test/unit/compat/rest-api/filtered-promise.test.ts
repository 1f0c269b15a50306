// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type ErrorFilter,
  filteredPromise,
  promiseOf,
} from '../../../../src/compat/rest-api/filtered-promise'
import { errorOf } from '../../support/outcome'
import { bluebirds } from '../support/bluebird'
import { oldErrorClass } from '../support/trello-power-up'

class DeniedError extends Error {
  override name = 'restApi::AuthDeniedError'
}
class OtherError extends Error {}

const denied = new DeniedError('no')
const rejected = (error: unknown) => filteredPromise<string>(Promise.reject(error))
const handled = () => 'handled'
const hasItsName = (error: Error) => error.name === 'restApi::AuthDeniedError'

afterEach(() => vi.unstubAllGlobals())

describe('catch with a filter', () => {
  it.each<[string, ErrorFilter]>([
    ['its class', DeniedError],
    ['a base class', Error],
    ['a test', hasItsName],
    [
      'a test that is no arrow',
      function named(error: Error) {
        return hasItsName(error)
      },
    ],
    ['its properties', { name: 'restApi::AuthDeniedError' }],
  ])('calls its handler for %s', async (_what, filter) => {
    expect(await rejected(denied).catch(filter, handled)).toBe('handled')
  })

  it.each<[string, ErrorFilter]>([
    ['another ES class, which is never called', OtherError],
    ['another class of the old kind', oldErrorClass('other', Error)],
    ['a class that is no error', class {}],
    ['a test that fails', () => false],
    ['properties with other values', { name: 'restApi::AuthNotReadyError' }],
  ])('lets the error go on for %s', async (_what, filter) => {
    const handler = vi.fn()
    expect(await errorOf(rejected(denied).catch(filter, handler))).toBe(denied)
    expect(handler).not.toHaveBeenCalled()
  })

  it('takes constructor functions, and several filters', async () => {
    const Old = oldErrorClass('old', Error)
    expect(await rejected(new Old('no')).catch(Old, handled)).toBe('handled')
    expect(await rejected(denied).catch(OtherError, DeniedError, handled)).toBe('handled')
  })

  it('takes whatever was thrown', async () => {
    expect(await errorOf(rejected('text').catch({ name: 'x' }, handled))).toBe('text')
    expect(await errorOf(rejected(undefined).catch(DeniedError, handled))).toBe(undefined)
  })

  it('works down the chain, also where the page has replaced window.Promise', async () => {
    const promise = rejected(denied)
    vi.stubGlobal('Promise', class {})
    const chain = promise
      .then(() => 'not this')
      .finally(() => undefined)
      .catch(OtherError, () => 'nor this')
      .catch(DeniedError, (error) => (error as Error).message)
    vi.unstubAllGlobals()
    expect(await chain).toBe('no')
  })
})

describe('the other methods of a filtered promise', () => {
  it('are those of a promise', async () => {
    const promise = filteredPromise(Promise.resolve(1))
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise).toBe(1)
    expect(await promise.then((value) => value + 1)).toBe(2)
    expect(await promise.catch(handled)).toBe(1)
    expect(await rejected('a').catch(handled)).toBe('handled')
    expect(await errorOf(rejected('a').catch(undefined))).toBe('a')
    expect(await rejected('a').then(undefined, handled)).toBe('handled')
    expect(await Promise.all([promise, promise])).toEqual([1, 1])
  })

  it('finally and tap wait, and leave the result alone', async () => {
    const order: string[] = []
    const note = (word: string) => async () => {
      await undefined
      order.push(word)
    }
    const chain = filteredPromise(Promise.resolve(1)).tap(note('tap')).finally(note('finally'))
    expect(await chain).toBe(1)
    expect(order).toEqual(['tap', 'finally'])
    expect(await errorOf(rejected('a').tap(note('never')).finally(note('again')))).toBe('a')
    expect(order).toEqual(['tap', 'finally', 'again'])
    expect(await errorOf(rejected('a').finally(null))).toBe('a')
  })

  it('done returns nothing', async () => {
    const value = new Promise((resolve) => {
      expect(filteredPromise(Promise.resolve(1)).done(resolve)).toBe(undefined)
    })
    const error = new Promise((resolve) => {
      expect(rejected('a').done(undefined, resolve)).toBe(undefined)
    })
    expect([await value, await error]).toEqual([1, 'a'])
  })
})

describe("a promise for Trello's script", () => {
  it.each(bluebirds)('is one of its %s', async (_name, Bluebird) => {
    const trello = { Promise: Bluebird }
    const promise = promiseOf(trello, Promise.reject(denied))
    expect(promise).toBeInstanceOf(Bluebird)
    const wrong = vi.fn()
    expect(await promise.then(wrong).catch(OtherError, wrong).catch(DeniedError, handled)).toBe('handled')
    expect(await promise.catch(hasItsName, handled)).toBe('handled')
    expect(await errorOf(promise.catch(OtherError, wrong))).toBe(denied)
    expect(wrong).not.toHaveBeenCalled()
    const tapped = vi.fn()
    expect(await promiseOf(trello, Promise.resolve(7)).tap(tapped)).toBe(7)
    expect(tapped).toHaveBeenCalledWith(7)
  })

  it.each([
    ['no TrelloPowerUp', undefined],
    ['no Promise there', {}],
    ['an ordinary one there', { Promise }],
    ['something else there', { Promise: 7 }],
    ['a function there that is no class', { Promise: () => undefined }],
  ])('is filtered by itself with %s', async (_what, trello) => {
    const promise = promiseOf(trello, Promise.reject(denied))
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise.catch(DeniedError, handled)).toBe('handled')
  })
})
