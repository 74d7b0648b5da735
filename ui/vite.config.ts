// How the web app is built: relative addresses (it works below any path), a nonce placeholder that the server fills, a manifest for the
// budget test. `vite ui` serves it for development and passes API calls on to a server on port 8080.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const SERVER = 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': SERVER, '/webhook': SERVER, '/openapi.json': SERVER } },
});
