// The popup behind "Authorize account" in Trello's menu.

import { prompt, show, t } from './page'

show(() => 'You are connected.')
prompt.addEventListener('authorized', () => t.closePopup())
