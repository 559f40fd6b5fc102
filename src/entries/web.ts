/** `refinenet/web`: models by their address, segmenting in a worker, and the core in the browser. */
export * from './browser.ts';
export * from './core.ts';

// The engine.
export { webBackend } from '../platform/web/backend.ts';
