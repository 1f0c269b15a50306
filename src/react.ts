/** The state as a hook, and the prompt as a component. See [React and Vue](frameworks.md). */
export { Prompt, type PromptProps, useAuthState } from './prompt/react'
