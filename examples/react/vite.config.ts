import { defineConfig } from 'vite'

export default defineConfig({
  // Works on a sub-path too.
  base: './',
  build: {
    target: 'es2022',
    rollupOptions: { input: ['index.html', 'section.html', 'connect.html'] },
  },
})
