import { el } from './dom.js'
import { showFaults } from './faults.js'

await showFaults(document.querySelector('#switches-panel'), ({ log }) => {
  const items = log.tokenRequests.map(({ grantType, outcome, fault, status, refreshTokenId }) => {
    const token = refreshTokenId === undefined ? '' : ` with token ${refreshTokenId}`
    const answered = status === 0 ? 'no answer' : `status ${status}`
    return el('li', {}, `${grantType}${token}: ${outcome}, ${answered} (${fault})`)
  })
  document.querySelector('#token-requests').replaceChildren(...items)
})
