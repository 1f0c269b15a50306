import { showSwitches } from './switches-panel.js'

await showSwitches(document.querySelector('#switches-panel'), ({ log }) => {
  const items = log.tokenRequests.map(({ grantType, outcome, fault, status, refreshTokenId }) => {
    const item = document.createElement('li')
    const token = refreshTokenId === undefined ? '' : ` with token ${refreshTokenId}`
    const answered = status === 0 ? 'no answer' : `status ${status}`
    item.textContent = `${grantType}${token}: ${outcome}, ${answered} (${fault})`
    return item
  })
  document.querySelector('#token-requests').replaceChildren(...items)
})
