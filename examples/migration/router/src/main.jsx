import { createRoot } from 'react-dom/client'
import { startConnector } from './connector.js'
import { ListsPage } from './lists-page.jsx'
import { options } from './options.js'
import { Router } from './router.jsx'

const routes = [{ path: '/board-lists/boards/:board/lists', page: ListsPage }]

if (location.pathname === '/board-lists/') {
  startConnector(options)
} else {
  const t = window.TrelloPowerUp.iframe(options)
  createRoot(document.getElementById('root')).render(<Router routes={routes} t={t} />)
}
