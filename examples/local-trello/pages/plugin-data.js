// What Power-Ups keep at Trello with t.set: here it lies in this browser, per scope, visibility and member.

const limits = { board: 8192, organization: 8192, card: 4096, member: 4096 }

export function readPluginData(context, scope, visibility) {
  return JSON.parse(localStorage.getItem(keyOf(context, scope, visibility)) ?? '{}')
}

export function changePluginData(context, scope, visibility, changes) {
  const data = { ...readPluginData(context, scope, visibility), ...changes }
  const text = JSON.stringify(data)
  const limit = limits[scope] ?? 4096
  if (text.length > limit) throw new Error(`PluginData length of ${text.length} characters exceeds ${limit}.`)
  localStorage.setItem(keyOf(context, scope, visibility), text)
}

export function removePluginData(context, scope, visibility, keys) {
  const without = Object.fromEntries(keys.map((key) => [key, undefined]))
  changePluginData(context, scope, visibility, without)
}

function keyOf(context, scope, visibility) {
  const id = context[scope]
  if (id === undefined) throw new Error(`There is no ${scope} in this context.`)
  const member = visibility === 'private' ? context.member : 'everyone'
  return ['pluginData', scope, id, visibility, member].join('/')
}
