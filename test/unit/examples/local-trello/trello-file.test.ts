// @vitest-environment node
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTrelloFile } from '../../../../examples/local-trello/data/trello-file'

const folder = mkdtempSync(join(tmpdir(), 'local-trello-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(content: unknown) {
  const file = join(folder, 'trello.json')
  writeFileSync(file, JSON.stringify(content))
  return readTrelloFile(file)
}

const people = {
  members: [{ username: 'ada', fullName: 'Ada King' }],
  workspaces: [{ displayName: 'Engines' }],
}

describe('a file of people and boards', () => {
  it('needs little: names, and everything else is made up', () => {
    const data = read({
      ...people,
      boards: [
        { name: 'Plans', workspace: 'engines', lists: [{ name: 'Now', cards: [{ name: 'Punch cards' }] }] },
      ],
    })
    expect(data.members[0]).toMatchObject({ initials: 'AK', email: 'ada@example.com' })
    expect(data.boards[0]).toMatchObject({ name: 'Plans', idOrganization: data.workspaces[0].id })
    expect(data.boards[0].idMembers).toEqual([data.members[0].id])
    expect(data.cards[0]).toMatchObject({ name: 'Punch cards', idShort: 1, due: null })
  })

  it('has what Power-Ups keep, and says where it is too much', () => {
    const file = (pluginData: object) => ({
      ...people,
      boards: [{ name: 'A', lists: [{ name: 'L', cards: [{ name: 'C', pluginData }] }] }],
    })
    const data = read(file({ size: 3 }))
    const [card] = data.cards
    expect(data.pluginData.of({ scope: 'card', id: card?.id ?? '', member: 'x' })).toMatchObject([
      { visibility: 'shared', data: { size: 3 } },
    ])
    expect(() => read(file({ size: 'x'.repeat(5000) }))).toThrow('cards[0].pluginData: PluginData length')
  })

  it('has the same ids with each start, and ids of their own time later', () => {
    const content = { ...people, boards: [{ name: 'Plans', workspace: null }] }
    expect(read(content).boards[0].id).toBe(read(content).boards[0].id)
    const data = read(content)
    expect(data.newId() > data.boards[0].id).toBe(true)
  })

  it.each([
    [{ ...people, boards: [] }, 'boards: at least one is needed.'],
    [{ workspaces: people.workspaces, boards: [] }, 'members: at least one is needed.'],
    [{ ...people, boards: [{}] }, 'boards[0].name: a text is needed.'],
    [
      { ...people, boards: [{ name: 'A', workspace: 'none' }] },
      'boards[0].workspace: there is no workspace "none".',
    ],
    [
      { ...people, boards: [{ name: 'A', lists: [{ name: 'L', cards: [{ name: 'C', labels: ['x'] }] }] }] },
      'boards[0].lists[0].cards[0]: the board has no label "x".',
    ],
    [
      { ...people, boards: [{ name: 'A', lists: [{ name: 'L', cards: [{ name: 'C', due: 'soon' }] }] }] },
      'boards[0].lists[0].cards[0].due: "soon" is no date.',
    ],
    [{ ...people, boards: [{ name: 'A', lists: {} }] }, 'boards[0].lists: a list is needed.'],
    [
      { ...people, boards: [{ name: 'A', members: ['bob'] }] },
      'boards[0].members: there is no member "bob".',
    ],
  ])('%j says where it is wrong', (content, words) => {
    expect(() => read(content)).toThrow(words)
  })
})
