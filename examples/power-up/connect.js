// The popup behind "Authorize account" in Trello's menu. The prompt does the work.

import { prompt, showWhenConnected, t } from './page.js'

showWhenConnected(document.querySelector('#connected'))
document.querySelector('#done').addEventListener('click', () => t.closePopup())
prompt.addEventListener('authorized', () => t.closePopup())
