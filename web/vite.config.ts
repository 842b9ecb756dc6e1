import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const CONTROL_ROOM = 'http://127.0.0.1:4700';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  // No inlined data: URLs and no module-preload polyfill: the content policy allows neither inline scripts nor eval.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: CONTROL_ROOM } } },
});
