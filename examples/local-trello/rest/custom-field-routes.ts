import type { Card, CustomField, CustomFieldItem } from '../data/models'
import { boardOf, cardOf, customFieldOf } from './access'
import { change, note, noteOnCard } from './notes'
import { neededText, posOf, textOf } from './parameters'
import { type Call, invalidValue, notFound, type Route } from './route'
import { customFieldItemShape, customFieldShape } from './shapes'

export const customFieldRoutes: readonly Route[] = [
  { method: 'POST', path: '/customFields', run: addField },
  { method: 'GET', path: '/customFields/{}', run: (call) => customFieldShape(customFieldOf(call)) },
  { method: 'PUT', path: '/customFields/{}', run: changeField },
  { method: 'DELETE', path: '/customFields/{}', run: deleteField },
  { method: 'GET', path: '/customFields/{}/options', run: (call) => customFieldOf(call).options },
  { method: 'POST', path: '/customFields/{}/options', run: addOption },
  { method: 'GET', path: '/customFields/{}/options/{}', run: (call) => optionOf(call) },
  { method: 'DELETE', path: '/customFields/{}/options/{}', run: deleteOption },
  {
    method: 'GET',
    path: '/cards/{}/customFieldItems',
    run: (call) =>
      call.data.customFieldItems
        .filter(({ idModel }) => idModel === cardOf(call).id)
        .map(customFieldItemShape),
  },
  {
    method: 'PUT',
    path: '/cards/{}/customField/{}/item',
    run: (call) => setItem(call, cardOf(call), customFieldOf(call, call.ids[1]), call.parameters),
  },
  { method: 'PUT', path: '/cards/{}/customFields', run: setItems },
]

function addField(call: Call): object {
  const { data } = call
  const board = boardOf(call, neededText(call, 'idModel'))
  const type = types.find((known) => known === textOf(call, 'type'))
  if (type === undefined) throw invalidValue('type')
  const field: CustomField = {
    id: data.newId(),
    idModel: board.id,
    name: neededText(call, 'name'),
    type,
    pos: posOf(
      call,
      data.customFields.filter(({ idModel }) => idModel === board.id),
    ),
    options: [],
  }
  data.customFields.push(field)
  note(call, 'createCustomField', { board }, { customField: { id: field.id, name: field.name, type } })
  return customFieldShape(field)
}

const types: readonly CustomField['type'][] = ['checkbox', 'date', 'list', 'number', 'text']

function changeField(call: Call): object {
  const field = customFieldOf(call)
  const others = call.data.customFields.filter(
    ({ idModel, id }) => idModel === field.idModel && id !== field.id,
  )
  change(field, {
    name: textOf(call, 'name') ?? field.name,
    pos: call.parameters.pos === undefined ? field.pos : posOf(call, others),
  })
  note(call, 'updateCustomField', { board: boardOf(call, field.idModel) })
  return customFieldShape(field)
}

function deleteField(call: Call): object {
  const { customFields, customFieldItems } = call.data
  const field = customFieldOf(call)
  customFields.splice(customFields.indexOf(field), 1)
  for (const item of customFieldItems.filter(({ idCustomField }) => idCustomField === field.id)) {
    customFieldItems.splice(customFieldItems.indexOf(item), 1)
  }
  note(call, 'deleteCustomField', { board: boardOf(call, field.idModel) })
  return { limits: {} }
}

function addOption(call: Call): object {
  const field = customFieldOf(call)
  const value = Object(call.parameters.value).text
  if (typeof value !== 'string' || value === '') throw invalidValue('value')
  const option = {
    id: call.data.newId(),
    value: { text: value },
    color: textOf(call, 'color') ?? 'none',
    pos: posOf(call, field.options),
  }
  field.options.push(option)
  return option
}

function optionOf(call: Call): CustomField['options'][number] {
  const option = customFieldOf(call).options.find(({ id }) => id === call.ids[1])
  if (option === undefined) throw notFound
  return option
}

function deleteOption(call: Call): object {
  const field = customFieldOf(call)
  field.options.splice(field.options.indexOf(optionOf(call)), 1)
  return { limits: {} }
}

/** An empty `value` and an empty `idValue` take the item away. */
function setItem(call: Call, card: Card, field: CustomField, given: Record<string, unknown>): object {
  const { customFieldItems } = call.data
  if (field.idModel !== card.idBoard) throw notFound
  const old = customFieldItems.find(
    ({ idModel, idCustomField }) => idModel === card.id && idCustomField === field.id,
  )
  if (old !== undefined) customFieldItems.splice(customFieldItems.indexOf(old), 1)
  const item: CustomFieldItem = {
    id: old?.id ?? call.data.newId(),
    idModel: card.id,
    idCustomField: field.id,
    value: valueFor(field, given.value),
    idValue: typeof given.idValue === 'string' && given.idValue !== '' ? given.idValue : null,
  }
  if (item.idValue !== null && !field.options.some(({ id }) => id === item.idValue))
    throw invalidValue('idValue')
  const isKept = item.value !== null || item.idValue !== null
  if (isKept) customFieldItems.push(item)
  noteOnCard(call, 'updateCustomFieldItem', card, { customField: { id: field.id, name: field.name } })
  return isKept ? customFieldItemShape(item) : {}
}

function valueFor(field: CustomField, given: unknown): Record<string, string> | null {
  if (given === undefined || given === null || given === '' || field.type === 'list') return null
  const key = field.type === 'checkbox' ? 'checked' : field.type
  const value = Object(given)[key]
  if (value === undefined) throw invalidValue('value')
  return { [key]: String(value) }
}

function setItems(call: Call): object[] {
  const { customFieldItems: items } = call.parameters
  if (!Array.isArray(items)) throw invalidValue('customFieldItems')
  const card = cardOf(call)
  return items.map((item) =>
    setItem(call, card, customFieldOf(call, String(Object(item).idCustomField)), Object(item)),
  )
}
