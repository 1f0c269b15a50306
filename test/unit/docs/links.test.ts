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
