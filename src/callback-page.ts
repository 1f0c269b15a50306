import { completeAuthorization } from './sign-in/callback-page'

void completeAuthorization()

// Set by script, so that the page needs neither a second file nor an inline style, which strict policies forbid.
document.documentElement.style.cssText =
  'max-width:30em;margin:12vh auto;padding:0 1em;font:1rem/1.5 system-ui'
