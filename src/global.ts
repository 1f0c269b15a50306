// What a page without a bundler gets as `PowerUpOAuth`.
export * from './capabilities'
export * from './index'
export * from './prompt/index'
export * from './scopes'
