// What a page without a bundler gets as `PowerUpOAuth`.
export * from './client/capabilities'
export * from './index'
export * from './prompt/define-prompt'
export * from './scopes'
