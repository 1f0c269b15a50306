/** A token endpoint on a server of your own. See [The token endpoint](token-endpoint.md#your-backend-asks). */
export { createTokenProxy, type TokenProxy } from './token-endpoint/proxy'
export type { TokenProxyOptions } from './token-endpoint/proxy-options'
