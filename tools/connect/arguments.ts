import { parseArgs } from 'node:util'
import { readEndpoint, readScopes } from '../../src/base/option-check'
import { AUTHORIZATION_ENDPOINT } from '../../src/base/trello'
import { grantKey, placeOf, readKey } from '../../src/server/key'

/** The arguments of `connect`, checked and complete. */
export interface ConnectArguments {
  /** The client id of the app settings. */
  clientId: string
  /** The secret of a confidential client, from the environment. */
  clientSecret: string | undefined
  /** The scopes to ask for. */
  scopes: readonly string[]
  /** The id of the workspace to ask for. */
  workspace: string | undefined
  /** The key to store the grant under. */
  key: string
  /** The folder of the file store, or a module whose default export is a store. */
  store: string
  /** The callback URL on this machine, as it is written: servers compare it character for character. */
  redirectUri: string
  /** The address of the consent page. */
  authorizationEndpoint: string
  /** The URL of the token endpoint. `undefined`: Trello's. */
  tokenEndpoint: string | undefined
  /** The origin of the REST API. `undefined`: Trello's. */
  apiOrigin: string | undefined
  /** `true`: the browser is opened. */
  opensBrowser: boolean
}

/** Describes the arguments, for people. */
export const CONNECT_HELP = `Usage: npx powerup-oauth connect --client-id <id> --scope <scope> [--scope <scope> …]

  One consent in a browser on this machine, for a server, a bot or CI: the grant is stored where a keeper finds it.

  --client-id <id>       the client id of the app settings
  --scope <scope>        a scope to ask for; once for each
  --workspace <id>       the workspace to ask for
  --member <id>          the member who has to consent; another account is refused. The key names the member then
  --key <text>           the key to store the grant under; by default that of grantKey({ workspace, member }), or "owner"
  --store <path>         the folder of a file store, by default ./grants; or a module (.js, .mjs, .cjs; .ts where Node reads
                         it) whose default export is a GrantStore, and whose export "seal" is its Seal
  --redirect-uri <url>   a loopback URL that is registered for the client, by default http://127.0.0.1:8976/callback
  --open                 opens the browser; without it the address is only printed
  --authorization-endpoint, --token-endpoint, --api-origin <url>   another server than Trello's

The secret of a confidential client is read from the environment variable POWERUP_OAUTH_CLIENT_SECRET.`

/** Reads the arguments. @throws Error with words for people */
export function readArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ConnectArguments {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false })
  const { 'client-id': clientId, scope: scopes = [], workspace, member } = values
  if (!clientId) throw new Error('--client-id is missing.')
  if (scopes.length === 0) throw new Error('--scope is missing: name at least one.')
  if (workspace?.trim() === '') throw new Error('--workspace is empty: is its variable set?')
  const isPlaced = workspace !== undefined || member !== undefined
  const key = readKey(values.key ?? (isPlaced ? grantKey({ workspace, member }) : 'owner'))
  // The account of a grant is checked by the member in its key.
  if (member !== undefined && placeOf(key).member !== member) {
    throw new Error('--member needs a key that names the member: leave --key out.')
  }
  return {
    clientId,
    clientSecret: environment.POWERUP_OAUTH_CLIENT_SECRET || undefined,
    scopes: readScopes(scopes),
    workspace,
    key,
    store: values.store ?? 'grants',
    redirectUri: readRedirectUri(values['redirect-uri'] ?? 'http://127.0.0.1:8976/callback'),
    authorizationEndpoint: readEndpoint(
      values['authorization-endpoint'] ?? AUTHORIZATION_ENDPOINT,
      'authorizationEndpoint',
    ),
    tokenEndpoint: values['token-endpoint'],
    apiOrigin: values['api-origin'],
    opensBrowser: values.open ?? false,
  }
}

const OPTIONS = {
  'client-id': { type: 'string' },
  scope: { type: 'string', multiple: true },
  workspace: { type: 'string' },
  member: { type: 'string' },
  key: { type: 'string' },
  store: { type: 'string' },
  'redirect-uri': { type: 'string' },
  'authorization-endpoint': { type: 'string' },
  'token-endpoint': { type: 'string' },
  'api-origin': { type: 'string' },
  open: { type: 'boolean' },
} as const

/** A code that goes to another machine is lost, and over the network it would be read. */
function readRedirectUri(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (!url || !isHere || url.hash !== '' || ['', '0'].includes(url.port)) {
    throw new Error(
      '--redirect-uri must be http on this machine, with a port: http://127.0.0.1:8976/callback for instance.',
    )
  }
  return text
}
