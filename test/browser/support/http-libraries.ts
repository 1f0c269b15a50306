import '@angular/compiler'
import { HttpClient, HttpXhrBackend } from '@angular/common/http'
import { Injector, runInInjectionContext } from '@angular/core'
import axios from 'axios'
import axios021 from 'axios-0.21'
import $ from 'jquery'
import { firstValueFrom } from 'rxjs'

// Bundled and run in a page by http-libraries.test.ts: calls as existing Power-Ups make them, each with key and token in
// the place where that library's users put them. All give the answer's JSON, or the status that it was refused with.

interface Call {
  origin: string
  key: string
  token: string
}

const angular = runInInjectionContext(
  Injector.create({ providers: [] }),
  () => new HttpClient(new HttpXhrBackend({ build: () => new XMLHttpRequest() })),
)

/** As Trello's `client.js`: key and token are data, the methods are jQuery's, callbacks come last. */
function trelloRest({ origin, key, token }: Call) {
  return (type: string, path: string, params: object, success: (data: unknown) => void, error?: () => void) =>
    $.ajax({
      url: `${origin}/1/${path}`,
      type,
      data: { ...params, key, token },
      dataType: 'json',
      success,
      error,
    })
}

export const calls: Record<string, (call: Call) => Promise<unknown>> = {
  'axios, query': ({ origin, key, token }) =>
    axios.get(`${origin}/1/members/me`, { params: { key, token } }).then(({ data }) => data),
  'axios, JSON body': ({ origin, key, token }) =>
    axios.post(`${origin}/1/cards`, { idList: 'list', key, token }).then(({ data }) => data),
  'axios, an instance with defaults': ({ origin, key, token }) =>
    axios
      .create({ baseURL: `${origin}/1`, params: { key, token } })({ url: '/members/me' })
      .then(({ data }) => data),
  'axios over fetch': ({ origin, key, token }) =>
    axios
      .get(`${origin}/1/members/me`, { params: { key, token }, adapter: 'fetch' })
      .then(({ data }) => data),
  'axios 0.21, query': ({ origin, key, token }) =>
    axios021.get(`${origin}/1/members/me?key=${key}&token=${token}`).then(({ data }) => data),
  'axios 0.21, JSON body': ({ origin, key, token }) =>
    axios021.post(`${origin}/1/cards`, { idList: 'list', key, token }).then(({ data }) => data),
  'jQuery, get': async ({ origin, key, token }) => await $.getJSON(`${origin}/1/members/me`, { key, token }),
  'jQuery, form': async ({ origin, key, token }) =>
    await $.post(`${origin}/1/cards`, { idList: 'list', key, token }),
  'Angular, params': ({ origin, key, token }) =>
    firstValueFrom(angular.get(`${origin}/1/members/me`, { params: { key, token } })),
  'Angular, JSON body': ({ origin, key, token }) =>
    firstValueFrom(angular.post(`${origin}/1/cards`, { idList: 'list' }, { params: { key, token } })),
  'client.js, callbacks': (call) =>
    new Promise((resolve, reject) => {
      trelloRest(call)('GET', 'members/me', {}, resolve, () => reject(new Error('the error callback')))
    }),
  'client.js, promise': async (call) =>
    await trelloRest(call)('POST', 'cards', { idList: 'list' }, () => undefined),
}

/** The status that a library reports for a refusal. */
export function statusOf(error: unknown): unknown {
  const { status, response } = error as { status?: unknown; response?: { status?: unknown } }
  return status ?? response?.status ?? String(error)
}
