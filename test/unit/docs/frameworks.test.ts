import { afterEach, describe, expect, it } from 'vitest'
import { createApp, defineComponent, h, nextTick, reactive, ref, type ShallowRef } from 'vue'
import type { AuthState, Client } from '../../../src/index'
import { createClient } from '../../../src/index'
import { definePrompt } from '../../../src/prompt/define-prompt'
import { createFakeClient, createFakeTrello } from '../../../src/testing'
import { runSnippet } from './snippets'

interface Page {
  useAuthState(client: Pick<Client, 'state' | 'subscribe'>): Readonly<ShallowRef<AuthState>>
}

const { useAuthState } = await runSnippet<Page>('docs/frameworks.md', 'shallowRef')
const authorized: AuthState = { status: 'authorized', scopes: [], missingScopes: [], persistent: true }

afterEach(() => document.body.replaceChildren())

describe('docs/frameworks.md: the composable for Vue', () => {
  it('renders each state as long as it is mounted', async () => {
    const client = createFakeClient({ status: 'restoring' })
    const { page, app, renders } = mount(client)
    expect(page.textContent).toBe('restoring')
    client.setState(authorized)
    await nextTick()
    expect(page.textContent).toBe('authorized')
    app.unmount()
    const before = renders()
    client.setState({ status: 'notAuthorized', persistent: true })
    await nextTick()
    expect(renders()).toBe(before)
  })

  it('leaves a client in reactive() and ref() as it is', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/members/me', { fullName: 'Ama' })
    const store = reactive({ client, nested: { client } })
    expect(store.client).toBe(client)
    expect(store.nested.client).toBe(client)
    expect(reactive(client)).toBe(client)
    expect(ref(client).value).toBe(client)
    expect(store.client.state).toEqual(authorized)
    expect(await store.client.api.get('/1/members/me')).toEqual({ fullName: 'Ama' })
    const { page } = mount(store.client)
    client.setState({ status: 'notAuthorized', persistent: true })
    await nextTick()
    expect(page.textContent).toBe('notAuthorized')
  })

  it('leaves a real client as it is, too', async () => {
    const client = createClient({
      clientId: 'client-1',
      redirectUri: `${location.origin}/callback.html`,
      scopes: ['read:member:trello'],
    })
    const store = reactive({ client })
    expect(store.client.state).toEqual({ status: 'restoring' })
    expect(await store.client.readState()).toEqual({ status: 'notAuthorized', persistent: true })
    expect(store.client.state.status).toBe('notAuthorized')
    await expect(store.client.api.get('/1/members/me')).rejects.toMatchObject({ code: 'notAuthorized' })
    expect(store.client.api).toBe(client.api)
  })

  it('hands a client to a prompt that is not yet defined', async () => {
    const client = createFakeClient()
    const t = createFakeTrello()
    const page = document.createElement('main')
    document.body.append(page)
    // What Vue's compiler makes of `:client.prop="client" :t.prop="t"`.
    createApp({ render: () => h('powerup-oauth-prompt', { '.client': client, '.t': t }) }).mount(page)
    definePrompt()
    expect(page.querySelector('powerup-oauth-prompt')?.situation).toBe('connect')
    expect(t.calls).toHaveLength(1)
  })
})

function mount(client: Pick<Client, 'state' | 'subscribe'>) {
  let renders = 0
  const Status = defineComponent(() => {
    const state = useAuthState(client)
    return () => {
      renders++
      return state.value.status
    }
  })
  const page = document.createElement('main')
  document.body.append(page)
  const app = createApp(Status)
  app.mount(page)
  return { page, app, renders: () => renders }
}
