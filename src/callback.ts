export { type CallbackEnding, completeAuthorization } from './sign-in/callback-page'
