/** The element that says what there is to do, and has the button for it. See [the page about it](prompt.md). */
export { definePrompt } from './prompt/define-prompt'
export type { PromptClient, PromptElement, PromptEvents } from './prompt/element'
export type { PromptFrame } from './prompt/frame-height'
export type { PartialPromptTexts, PromptSituation, PromptTexts, PromptWords } from './prompt/texts'
