import type { Plugin } from '../data/models'
import type { Place } from '../data/plugin-data'
import { boardOf, cardOf, workspaceOf } from './access'
import { type Call, notFound, type Route } from './route'

export const pluginRoutes: readonly Route[] = [
  { method: 'GET', path: '/boards/{}/plugins', run: (call) => boardOf(call) && plugins(call) },
  { method: 'GET', path: '/boards/{}/boardPlugins', run: (call) => boardPlugins(call, boardOf(call).id) },
  { method: 'GET', path: '/plugins/{}', run: plugin },
  {
    method: 'GET',
    path: '/boards/{}/pluginData',
    run: (call) => pluginData(call, 'board', boardOf(call).id),
  },
  { method: 'GET', path: '/cards/{}/pluginData', run: (call) => pluginData(call, 'card', cardOf(call).id) },
  {
    method: 'GET',
    path: '/organizations/{}/pluginData',
    run: (call) => pluginData(call, 'organization', workspaceOf(call).id),
  },
]

/** Every board has the same Power-Ups: the one that is shown. */
export function plugins({ data }: Call): object[] {
  return data.plugins.map(pluginShape)
}

export function boardPlugins({ data }: Call, idBoard: string): object[] {
  return data.plugins.map(({ id: idPlugin }) => ({ id: idPlugin, idBoard, idPlugin, promotional: false }))
}

/** What was kept with `t.set`, each place as one JSON text. */
export function pluginData({ data, caller }: Call, scope: Place['scope'], id: string): object[] {
  const [plugin] = data.plugins
  return data.pluginData
    .of({ scope, id, member: caller.memberId })
    .map(({ id: own, visibility, data: kept, date }) => ({
      id: own,
      idPlugin: plugin?.id ?? null,
      scope,
      idModel: id,
      value: JSON.stringify(kept),
      access: visibility,
      dateLastUpdated: date,
    }))
}

function plugin({ data, ids }: Call): object {
  const found = data.plugins.find(({ id }) => id === ids[0])
  if (found === undefined) throw notFound
  return pluginShape(found)
}

function pluginShape(plugin: Plugin): object {
  return {
    ...plugin,
    author: null,
    capabilities: [],
    categories: [],
    icon: { url: null },
    idOrganizationOwner: null,
    listing: { name: plugin.name, description: '', locale: 'en', overview: '' },
    public: false,
    url: null,
  }
}
