window.TrelloPowerUp.initialize({
  'board-buttons': async (t) => {
    const token = await t.get('member', 'private', 'authToken')
    const text = token ? 'Count cards' : 'Connect'
    return [{ text, callback: (t) => t.popup({ title: 'Card counter', url: 'popup.html' }) }]
  },
  'authorization-status': async (t) => {
    const token = await t.get('member', 'private', 'authToken')
    return { authorized: Boolean(token) }
  },
  'show-authorization': (t) => t.popup({ title: 'Card counter', url: 'popup.html' }),
})
