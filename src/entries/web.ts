/** RefineNet in the browser: everything of the core, and the browser's engine. */
export * from './core.ts';
export { webBackend } from '../platform/web/backend.ts';
