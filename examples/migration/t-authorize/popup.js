const appKey = 'app-key-1'
const t = window.TrelloPowerUp.iframe()
const [out, connect, call] = ['out', 'connect', 'call'].map((id) => document.getElementById(id))

async function show() {
  const token = await t.get('member', 'private', 'token')
  connect.hidden = Boolean(token)
  call.hidden = !token
}

connect.addEventListener('click', async () => {
  const returnUrl = encodeURIComponent(new URL('auth-success.html', location.href).href)
  const url = `https://trello.com/1/authorize?key=${appKey}&scope=read&expiration=never&response_type=token&return_url=${returnUrl}`
  const token = await t.authorize(url)
  await t.set('member', 'private', 'token', token)
  out.textContent = 'connected'
  await show()
})

call.addEventListener('click', async () => {
  const token = await t.get('member', 'private', 'token')
  const response = await fetch(`https://api.trello.com/1/members/me/boards?key=${appKey}&token=${token}`)
  if (response.ok) {
    out.textContent = `called: ${(await response.json()).length} boards`
  } else {
    out.textContent = `failed: ${response.status}`
    await t.remove('member', 'private', 'token')
    await show()
  }
})

show()
