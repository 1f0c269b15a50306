import { createRequire } from 'node:module'

/** The part of Bluebird that tests use. The packages bring no types. */
export interface Bluebird extends PromiseConstructor {
  version: string
}

/** The generation that Trello's script 1.25.1 has, and the last one, which pages load themselves. */
export const bluebirds: readonly (readonly [string, Bluebird])[] = ['bluebird-2', 'bluebird'].map((name) => [
  name,
  createRequire(import.meta.url)(name),
])
