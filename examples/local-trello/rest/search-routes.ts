import type { Card } from '../data/models'
import { visibleBoards } from './access'
import { boardWith, cardWith } from './nested'
import { idsOf, limitOf, neededText, textOf } from './parameters'
import type { Call, Route } from './route'
import { actionShape, memberInside, workspaceShape } from './shapes'

export const searchRoutes: readonly Route[] = [
  { method: 'GET', path: '/search', run: search },
  {
    method: 'GET',
    path: '/search/members',
    run(call) {
      const query = neededText(call, 'query').toLowerCase()
      return call.data.members
        .filter(({ fullName, username }) => `${fullName} ${username}`.toLowerCase().includes(query))
        .slice(0, limitOf(call, 8, 20))
        .map(memberInside)
    },
  },
]

function search(call: Call): object {
  const query = neededText(call, 'query')
  const kinds = new Set((textOf(call, 'modelTypes') ?? 'all').split(','))
  const wants = (kind: string) => kinds.has('all') || kinds.has(kind)
  const words = query.toLowerCase().split(/\s+/)
  const boards = visibleBoards(call)
  const within = idsOf(call, 'idBoards')?.filter((id) => id !== 'mine')
  const searched =
    within === undefined || within.length === 0 ? boards : boards.filter(({ id }) => within.includes(id))
  const seen = new Set(searched.map(({ id }) => id))
  const fits = fitsAll(call, words)
  const cards = call.data.cards.filter((card) => seen.has(card.idBoard) && fits(card))
  const plain = words.filter((word) => !word.includes(':') && !word.startsWith('@'))
  const named = (name: string) => plain.length > 0 && plain.every((word) => name.toLowerCase().includes(word))
  return {
    options: {
      terms: words.map((text) => ({ text })),
      modifiers: [],
      modelTypes: [...kinds],
      partial: false,
    },
    ...(wants('cards') && {
      cards: cards
        .slice(0, limitOf(call, 10, 1000, 'cards_limit'))
        .map((card) => cardWith(call, card, 'card_')),
    }),
    ...(wants('boards') && {
      boards: searched
        .filter(({ name }) => named(name))
        .slice(0, limitOf(call, 10, 1000, 'boards_limit'))
        .map((board) => boardWith(call, board, 'board_')),
    }),
    ...(wants('organizations') && {
      organizations: call.data.workspaces
        .filter(
          ({ id, displayName }) => named(displayName) && [undefined, id].includes(call.caller.workspaceId),
        )
        .map(workspaceShape),
    }),
    ...(wants('members') && {
      members: call.data.members.filter(({ fullName }) => named(fullName)).map(memberInside),
    }),
    ...(wants('actions') && {
      actions: call.data.actions
        .filter(({ type, data }) => type === 'commentCard' && seen.has(data.board?.id ?? ''))
        .filter(({ data }) => named(data.text ?? ''))
        .slice(-limitOf(call, 10, 1000, 'actions_limit'))
        .map((action) => actionShape(call.data, action)),
    }),
  }
}

/** Words of name, description and comments, and those operators that people use most. */
function fitsAll(call: Call, words: readonly string[]): (card: Card) => boolean {
  const tests = words.map((word) => {
    const [, operator, value = ''] = /^(-?\w+):(.+)$/.exec(word) ?? []
    if (word.startsWith('@')) return isOn(call, word.slice(1))
    if (operator === undefined) return hasWord(call, word)
    const test = operators[operator]
    if (test === undefined) call.missing(`operator "${operator}:" of GET /1/search`)
    return test?.(call, value) ?? (() => true)
  })
  return (card) => tests.every((test) => test(card))
}

const operators: Record<string, (call: Call, value: string) => (card: Card) => boolean> = {
  is: (_call, value) => (card) => (value === 'archived' ? card.closed : !card.closed),
  list: (call, value) => (card) =>
    call.data.lists.some(({ id, name }) => id === card.idList && name.toLowerCase().includes(value)),
  board: (call, value) => (card) =>
    call.data.boards.some(
      ({ id, name }) => id === card.idBoard && (id === value || name.toLowerCase().includes(value)),
    ),
  label: (call, value) => (card) =>
    call.data.labels.some(
      ({ id, name, color }) =>
        card.idLabels.includes(id) && (name.toLowerCase() === value || color === value),
    ),
  member: (call, value) => isOn(call, value),
  has: (call, value) => (card) =>
    value === 'members'
      ? card.idMembers.length > 0
      : value === 'description'
        ? card.desc !== ''
        : call.data.attachments.some(({ idCard }) => idCard === card.id),
}

function isOn(call: Call, name: string): (card: Card) => boolean {
  const member = call.data.members.find(
    ({ id, username }) => username === name || (name === 'me' && id === call.caller.memberId),
  )
  return (card) => member !== undefined && card.idMembers.includes(member.id)
}

function hasWord(call: Call, word: string): (card: Card) => boolean {
  return (card) => {
    const comments = call.data.actions
      .filter((action) => action.data.card?.id === card.id)
      .map(({ data }) => data.text)
    return [card.name, card.desc, ...comments].join(' ').toLowerCase().includes(word)
  }
}
