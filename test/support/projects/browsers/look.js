import { createFakeClient } from 'powerup-oauth/testing'

const prompt = document.querySelector('powerup-oauth-prompt')
prompt.client = createFakeClient()
setTimeout(() => {
  const { color, borderTopColor, backgroundColor } = getComputedStyle(
    prompt.shadowRoot.querySelector('button'),
  )
  const isSeen = [borderTopColor, backgroundColor].some((each) => each !== 'rgba(0, 0, 0, 0)')
  if (!isSeen || color === 'rgba(0, 0, 0, 0)') throw new Error('The button of the prompt cannot be seen.')
})
