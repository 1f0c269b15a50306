const appKey = 'app-key-1'
const t = window.TrelloPowerUp.iframe()
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))

async function show() {
  const token = await t.get('member', 'private', 'authToken')
  connect.hidden = Boolean(token)
  call.hidden = !token
}

connect.addEventListener('click', async () => {
  const returnUrl = encodeURIComponent(new URL('return.html', location.href).href)
  const url = `https://trello.com/1/authorize?key=${appKey}&scope=read&expiration=never&response_type=token&return_url=${returnUrl}`
  const token = await t.authorize(url, {
    height: 680,
    width: 580,
    validToken: (value) => /^\w{32,}$/.test(value),
  })
  await t.set('member', 'private', 'authToken', token)
  out.textContent = 'connected'
  await show()
})

call.addEventListener('click', async () => {
  const token = await t.get('member', 'private', 'authToken')
  const { board } = t.getContext()
  const response = await fetch(`https://api.trello.com/1/boards/${board}/cards?key=${appKey}&token=${token}`)
  if (response.ok) {
    out.textContent = `called: ${(await response.json()).length} cards`
  } else {
    out.textContent = `failed: ${response.status}`
  }
})

show()
