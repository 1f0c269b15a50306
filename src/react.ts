export { Prompt, type PromptProps, useAuthState } from './prompt/react'
