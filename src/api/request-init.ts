/**
 * Whether a copy of these options is as good as they are: the platform also reads members that are inherited, as those
 * of a Request are.
 */
export function isPlainInit(init: RequestInit): boolean {
  return [Object.prototype, null].includes(Object.getPrototypeOf(init))
}
