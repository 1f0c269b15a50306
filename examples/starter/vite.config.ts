import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Works on a sub-path too.
  base: './',
  build: {
    target: 'es2022',
    rollupOptions: {
      input: ['index.html', 'section.html', 'board.html', 'card.html', 'connect.html', 'settings.html'],
    },
  },
  test: { environment: 'happy-dom' },
})
