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

const ofOneWidth = ofTheRepository.filter(([page]) => !['docs/reference.md', 'llms.txt'].includes(page))

it.each(ofOneWidth)('%s keeps its prose within 120 characters', (_page, text) => {
  expect(proseOf(text).filter((line) => line.length > 120 && canBreak(line))).toEqual([])
})

/** The lines of a page that are neither code nor a table nor markup. */
function proseOf(text: string): readonly string[] {
  const withoutCode = text.replace(/^ *```[\s\S]*?^ *```$|<!--[\s\S]*?-->/gm, '')
  return withoutCode.split('\n').filter((line) => !/^\s*(?:[|<#]|\[[^\]]+\]: )/.test(line))
}

/** A line may be broken at a space, but not within code. */
function canBreak(line: string): boolean {
  const withoutMarker = line.trim().replace(/^(?:[-*]|\d+\.) /, '')
  return withoutMarker
    .replace(/`[^`]*`/g, (code) => code.replaceAll(' ', '_'))
    .slice(0, 115)
    .includes(' ')
}
