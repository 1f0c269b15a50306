// What a Power-Up uses of https://trello.com/1/client.js, with jQuery under it as there.
window.Trello = {
  setKey: (key) => {
    window.Trello.key = key
  },
  setToken: (token) => {
    window.Trello.token = token
  },
  rest(type, path, params, success, error) {
    const data = { ...params, key: window.Trello.key, token: window.Trello.token }
    return window.jQuery.ajax({ url: `https://api.trello.com/1/${path}`, type, data, success, error })
  },
  get: (...call) => window.Trello.rest('GET', ...call),
}
