import { describe, expect, it, vi } from 'vitest'
import type { CapabilityFrame } from '../../../src/client/capabilities'
import type { PromptFrame } from '../../../src/prompt/frame-height'
import { createFakeTrello } from '../../../src/testing'

describe('a fake t', () => {
  it('is what the library asks of a t', () => {
    const t: CapabilityFrame & PromptFrame = createFakeTrello()
    expect(t.getContext()).toMatchObject({ organization: 'workspace-1', member: 'member-1' })
  })

  it('has the context that the test wants', () => {
    const t = createFakeTrello({ organization: undefined, member: 'notLoggedIn' })
    expect(t.getContext()).toMatchObject({ organization: undefined, member: 'notLoggedIn', board: 'board-1' })
    expect(t.isMemberSignedIn()).toBe(false)
  })

  it('renders anew when the context changes', async () => {
    const t = createFakeTrello()
    const renderer = vi.fn()
    await t.render(renderer)
    t.setContext({ organization: 'workspace-2' })
    expect(renderer).toHaveBeenCalledTimes(2)
    expect(t.getContext()).toMatchObject({ organization: 'workspace-2', board: 'board-1' })
  })

  it('notes what it was asked for', async () => {
    const t = createFakeTrello()
    await t.popup({ title: 'Greeter', url: './connect.html' })
    await t.sizeTo('main')
    await t.closePopup()
    expect(t.calls).toEqual([
      { name: 'popup', args: [{ title: 'Greeter', url: './connect.html' }] },
      { name: 'sizeTo', args: ['main'] },
      { name: 'closePopup', args: [] },
    ])
  })

  it('keeps what is set, by scope and visibility', async () => {
    const t = createFakeTrello()
    const list = ['a']
    await t.set('board', 'shared', { list, text: 'b' })
    await t.set('board', 'private', 'text', 'c')
    list.push('later')
    expect(await t.get('board', 'shared', 'list')).toEqual(['a'])
    Object.assign(Object(await t.get('board', 'shared', 'list')), ['b'])
    expect(await t.get('board', 'shared', 'list')).toEqual(['a'])
    expect(await t.get('board', 'private', 'text', 'none')).toBe('c')
    expect(await t.get('card', 'private', 'text', 'none')).toBe('none')
    await t.remove('board', 'shared', ['list'])
    expect(await t.getAll()).toMatchObject({ board: { shared: { text: 'b' }, private: { text: 'c' } } })
    expect(t.calls.map(({ name }) => name)).toEqual(['set', 'set', 'remove'])
  })

  it('forgets what is set to undefined, which JSON has not got', async () => {
    const t = createFakeTrello()
    await t.set('member', 'private', { token: 'old', other: 1, none: null })
    await t.set('member', 'private', 'token', undefined)
    await t.set('member', 'private', { other: undefined })
    expect(await t.get('member', 'private', 'token', 'none')).toBe('none')
    expect(await t.getAll()).toEqual({ member: { private: { none: null } } })
  })

  it.each(['constructor', 'toString', '__proto__'])('has a key %s like any other', async (key) => {
    const t = createFakeTrello()
    expect(await t.get('board', 'shared', key, 'none')).toBe('none')
    await t.set('board', 'shared', key, { a: 1 })
    expect(await t.get('board', 'shared', key)).toEqual({ a: 1 })
    await t.remove('board', 'shared', key)
    expect(await t.get('board', 'shared', key, 'none')).toBe('none')
  })
})
