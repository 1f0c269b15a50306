export { createTokenProxy, type TokenProxy } from './token-endpoint/proxy'
export type { TokenProxyOptions } from './token-endpoint/proxy-options'
