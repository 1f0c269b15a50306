import type { Action } from '../data/models'
import { boardOf, cardOf, listOf, memberOf } from './access'
import { cardWith } from './nested'
import { noteOnCard } from './notes'
import { neededText, pick, textOf } from './parameters'
import { type Call, notFound, notPermitted, type Route } from './route'
import { actionShape, boardShape, listShape, memberInside } from './shapes'

export const actionRoutes: readonly Route[] = [
  { method: 'POST', path: '/cards/{}/actions/comments', run: addComment },
  { method: 'PUT', path: '/cards/{}/actions/{}/comments', run: (call) => changeComment(call, call.ids[1]) },
  {
    method: 'DELETE',
    path: '/cards/{}/actions/{}/comments',
    run: (call) => deleteComment(call, call.ids[1]),
  },
  {
    method: 'GET',
    path: '/actions/{}',
    run: (call) => pick(call, actionShape(call.data, actionOf(call, call.ids[0])), textOf(call, 'fields')),
  },
  { method: 'PUT', path: '/actions/{}', run: (call) => changeComment(call, call.ids[0]) },
  {
    method: 'PUT',
    path: '/actions/{}/text',
    run: (call) => changeComment({ ...call, parameters: { text: call.parameters.value } }, call.ids[0]),
  },
  { method: 'DELETE', path: '/actions/{}', run: (call) => deleteComment(call, call.ids[0]) },
  {
    method: 'GET',
    path: '/actions/{}/board',
    run: (call) => boardShape(call.data, boardOf(call, actionOf(call, call.ids[0]).data.board?.id)),
  },
  {
    method: 'GET',
    path: '/actions/{}/card',
    run: (call) => cardWith(call, cardOf(call, actionOf(call, call.ids[0]).data.card?.id)),
  },
  {
    method: 'GET',
    path: '/actions/{}/list',
    run: (call) => listShape(listOf(call, actionOf(call, call.ids[0]).data.list?.id)),
  },
  {
    method: 'GET',
    path: '/actions/{}/memberCreator',
    run: (call) => memberInside(memberOf(call, actionOf(call, call.ids[0]).idMemberCreator)),
  },
]

function addComment(call: Call): object {
  const text = neededText(call, 'text')
  const action = noteOnCard(call, 'commentCard', cardOf(call), { text })
  return actionShape(call.data, action)
}

function changeComment(call: Call, id: string | undefined): object {
  const action = ownComment(call, id)
  action.data.text = neededText(call, 'text')
  return actionShape(call.data, action)
}

function deleteComment(call: Call, id: string | undefined): object {
  const { actions } = call.data
  actions.splice(actions.indexOf(ownComment(call, id)), 1)
  return { _value: null }
}

function ownComment(call: Call, id: string | undefined): Action {
  const action = actionOf(call, id)
  if (action.type !== 'commentCard' || action.idMemberCreator !== call.caller.memberId) throw notPermitted
  return action
}

function actionOf(call: Call, id: string | undefined): Action {
  const action = call.data.actions.find((each) => each.id === id)
  if (action === undefined) throw notFound
  boardOf(call, action.data.board?.id)
  return action
}
