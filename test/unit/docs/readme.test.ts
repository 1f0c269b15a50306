// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('README.md quotes the sizes that the package step holds the library to', () => {
  const limits: { name: string; atStart: number; allIn?: number }[] = JSON.parse(
    readFileSync('test/package/size.json', 'utf8'),
  )
  const inKb = (bytes = 0) => Math.round(bytes / 1_000)
  const core = limits.find(({ name }) => name === 'everyday path')
  const callback = limits.find(({ name }) => name === 'callback')
  const readme = readFileSync('README.md', 'utf8')
  expect(readme).toContain(`${inKb(core?.allIn)} KB gzip in all, ${inKb(core?.atStart)} of them at start`)
  expect(readme).toContain(`the callback page's script is ${(callback?.atStart ?? 0) / 1_000} KB`)
})
