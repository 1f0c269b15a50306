import type { Report } from './check'
import { type Finding, KINDS, type Kind } from './finding'

/** Writes a report as people read it: what changes, then what only a person can decide. */
export function reportText({ findings, read, skipped }: Report): string {
  const undecided = findings.filter(({ kind }) => KINDS[kind].isUndecided)
  const decided = findings.filter(({ kind }) => !KINDS[kind].isUndecided)
  return [
    ...section('What a move to OAuth 2.0 touches', decided),
    ...section("What this check can't decide: look at each", undecided),
    `${count(read, 'file')} read, ${count(findings.length, 'finding')}. Nothing was changed.`,
    ...(skipped.length > 0 ? [`Not read, because they are minified: ${skipped.join(', ')}`] : []),
    ...(findings.length > 0 ? ['The headings are of docs/migration.md in the package powerup-oauth.'] : []),
  ].join('\n')
}

function section(title: string, findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return []
  const groups = Object.entries(KINDS).flatMap(([name, kind]) => {
    const places = findings.filter((finding) => finding.kind === name)
    return places.length > 0 ? [...group(kind, places), ''] : []
  })
  return [title, '='.repeat(title.length), '', ...groups]
}

function group({ title, advice, heading }: Kind, places: readonly Finding[]): readonly string[] {
  const lines = places.map(({ path, line }) => `    ${path}:${line}`)
  return [title, `  ${advice} (#${heading})`, ...lines]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
