import { fieldsOf } from '../base/fields'

/**
 * Tells the platform, which may stop what it does for a caller that goes away, to wait for this work. Workers hand over their
 * context as the third argument, behind the bindings; others as the second, or something else there.
 */
export function waitedFor(contexts: readonly unknown[], work: Promise<unknown>): void {
  for (const context of contexts) {
    const { waitUntil } = fieldsOf(context)
    if (typeof waitUntil === 'function') waitUntil.call(context, work)
  }
}
