import { boardOf, memberOf, visibleBoards, workspaceOf } from './access'
import { actionsOf } from './action-pages'
import { boardWith, cardsOfMember, cardWith, membersWith, memberWith } from './nested'
import { pick, textOf } from './parameters'
import { type Call, Refusal, type Route } from './route'
import { memberShape, workspaceShape } from './shapes'

export const memberRoutes: readonly Route[] = [
  { method: 'GET', path: '/members/{}', run: (call) => memberWith(call, memberOf(call)) },
  { method: 'GET', path: '/member/{}', scopes: [], run: (call) => memberWith(call, memberOf(call)) },
  { method: 'GET', path: '/members/{}/boards', run: boardsOfMember },
  {
    method: 'GET',
    path: '/members/{}/cards',
    run: (call) =>
      cardsOfMember(call, memberOf(call), textOf(call, 'filter') ?? 'visible').map((card) =>
        cardWith(call, card),
      ),
  },
  {
    method: 'GET',
    path: '/members/{}/actions',
    run(call) {
      const member = memberOf(call)
      const seen = new Set(visibleBoards(call).map(({ id }) => id))
      return actionsOf(
        call,
        ({ idMemberCreator, data }) => idMemberCreator === member.id && seen.has(data.board?.id ?? ''),
        textOf(call, 'filter'),
      )
    },
  },
  {
    method: 'GET',
    path: '/members/{}/organizations',
    run: (call) =>
      call.data.workspaces
        .filter(({ id }) => call.caller.workspaceId === undefined || id === call.caller.workspaceId)
        .filter(({ idMembers }) => idMembers.includes(memberOf(call).id))
        .map((workspace) => pick(call, workspaceShape(workspace), textOf(call, 'fields'))),
  },
  {
    method: 'GET',
    path: '/members/{}/{}',
    run: (call) => ({ _value: fieldOf(call, memberShape(call.data, memberOf(call), call.caller)) }),
  },

  {
    method: 'GET',
    path: '/organizations/{}',
    run: (call) => pick(call, workspaceShape(workspaceOf(call)), textOf(call, 'fields')),
  },
  {
    method: 'GET',
    path: '/organizations/{}/boards',
    run(call) {
      const workspace = workspaceOf(call)
      return visibleBoards(call)
        .filter(({ idOrganization }) => idOrganization === workspace.id)
        .map((board) => boardWith(call, board))
    },
  },
  {
    method: 'GET',
    path: '/organizations/{}/members',
    run: (call) => membersWith(call, workspaceOf(call).idMembers),
  },
  {
    method: 'GET',
    path: '/organizations/{}/memberships',
    run: (call) => Object(workspaceShape(workspaceOf(call))).memberships,
  },
]

function boardsOfMember(call: Call): object[] {
  const member = memberOf(call)
  const filter = textOf(call, 'filter') ?? 'all'
  return visibleBoards(call)
    .filter(({ idMembers }) => idMembers.includes(member.id))
    .filter(({ closed }) =>
      filter !== 'closed' && filter !== 'open' ? true : closed === (filter === 'closed'),
    )
    .map((board) => boardWith(call, boardOf(call, board.id)))
}

/** One field of a model, by the last part of the path. What Trello has there besides fields is not here. */
export function fieldOf(call: Call, shape: object): unknown {
  const [, name = ''] = call.ids
  const entry = Object.entries(shape).find(([key]) => key === name)
  if (entry !== undefined) return entry[1]
  call.missing(`"${name}" of this model`)
  throw new Refusal(501, `The local Trello has no "${name}" of this model.`)
}
