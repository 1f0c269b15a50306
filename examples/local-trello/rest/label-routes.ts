import type { Board, Label } from '../data/models'
import { boardOf, labelOf } from './access'
import { change, note } from './notes'
import { neededText, textOf } from './parameters'
import { type Call, invalidValue, type Route } from './route'
import { labelShape } from './shapes'

export const labelRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/labels',
    run: (call) => addLabel(call, boardOf(call, neededText(call, 'idBoard'))),
  },
  { method: 'GET', path: '/labels/{}', run: (call) => labelShape(labelOf(call)) },
  { method: 'PUT', path: '/labels/{}', run: changeLabel },
  { method: 'DELETE', path: '/labels/{}', run: deleteLabel },
]

export function addLabel(call: Call, board: Board): Label & object {
  const label: Label = {
    id: call.data.newId(),
    idBoard: board.id,
    name: textOf(call, 'name') ?? '',
    color: colorOf(call) ?? null,
  }
  call.data.labels.push(label)
  note(call, 'createLabel', { board }, { label })
  return label
}

function changeLabel(call: Call): object {
  const label = labelOf(call)
  const color = colorOf(call)
  const old = change(label, {
    name: textOf(call, 'name') ?? label.name,
    color: color === undefined ? label.color : color,
  })
  note(call, 'updateLabel', { board: boardOf(call, label.idBoard) }, { label, old })
  return labelShape(label)
}

function deleteLabel(call: Call): object {
  const { labels, cards } = call.data
  const label = labelOf(call)
  labels.splice(labels.indexOf(label), 1)
  for (const card of cards) card.idLabels = card.idLabels.filter((id) => id !== label.id)
  note(call, 'deleteLabel', { board: boardOf(call, label.idBoard) })
  return { limits: {} }
}

/** A colour of Trello's, with its shade or without; null for none; undefined where it wasn't sent. */
function colorOf(call: Call): string | null | undefined {
  const color = textOf(call, 'color')
  if (color === undefined) return 'color' in call.parameters ? null : undefined
  if (color === 'null' || color === '') return null
  if (!colors.has(color.replace(/_(?:light|dark)$/, ''))) throw invalidValue('color')
  return color
}

const colors = new Set(['green', 'yellow', 'orange', 'red', 'purple', 'blue', 'sky', 'lime', 'pink', 'black'])
