/** Where the keyboard goes on, when what had its focus is gone. */

/** The view, which is what is read next. */
export const focusView = (): void => document.getElementById('view')?.focus();

/** The element of this id, once it is drawn. */
export const focusSoon = (id: string): void => void setTimeout(() => document.getElementById(id)?.focus());
