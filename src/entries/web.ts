/** `refinenet/web`: the core in the browser, with the browser's engine. */
export * from './core.ts';
export { webBackend } from '../platform/web/backend.ts';
