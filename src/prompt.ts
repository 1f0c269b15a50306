export { definePrompt } from './prompt/define-prompt'
export type { PromptClient, PromptElement, PromptFrame } from './prompt/element'
export type { PartialPromptTexts, PromptSituation, PromptTexts, PromptWords } from './prompt/texts'
