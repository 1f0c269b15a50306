const t = window.TrelloPowerUp.iframe({ appKey: 'app-key-1', appName: 'Me' })
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))

async function show() {
  const token = await t.getRestApi().getToken()
  connect.hidden = Boolean(token)
  call.hidden = !token
  window.Trello.setKey(t.getRestApi().appKey)
  window.Trello.setToken(token)
}

connect.addEventListener('click', async () => {
  await t.getRestApi().authorize({ scope: 'read' })
  await show()
  out.textContent = 'connected'
})

call.addEventListener('click', () => {
  window.Trello.get(
    'members/me',
    { fields: 'fullName' },
    (me) => {
      out.textContent = `called: ${me.fullName}`
    },
    (refused) => {
      out.textContent = `failed: ${refused.status}`
      show()
    },
  )
})

show()
