/** Builds the Desk into `web/dist`, which the server hands out at `/`. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The page's content security policy knows no `data:` addresses, so nothing is put inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `vite` alone, for working on the page, passes questions on to a server that runs beside it.
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
});
