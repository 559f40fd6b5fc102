/** What is wrong, as a sentence. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether an error only says that something newer took the place of this. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
