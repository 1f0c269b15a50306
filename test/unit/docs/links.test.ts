// @vitest-environment node
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { anchorsIn, linksOf, pages } from './pages'

it.each(Object.entries(pages()))('%s points at what is there', (page, text) => {
  const dead = linksOf(page, text).filter(
    ({ target, anchor }) =>
      !existsSync(target) ||
      (anchor !== undefined && !anchorsIn(readFileSync(target, 'utf8')).includes(anchor)),
  )
  expect(dead).toEqual([])
})

const ofTheRepository = Object.entries(pages()).filter(([page]) => !/^(CHANGELOG|examples)/.test(page))

it.each(ofTheRepository)('%s names files that are there', (_page, text) => {
  const named = [...text.matchAll(/`((?:src|test|docs|examples|scripts|bench)\/[\w./-]+)`/g)].map(
    ([, file = '']) => file,
  )
  expect(named.filter((file) => !existsSync(file))).toEqual([])
})
