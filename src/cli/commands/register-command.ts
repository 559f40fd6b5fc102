/** What a command is to the program. */
import type { Command } from 'commander';

/** Adds a command to the program; `exit` sets the exit code of a command that ends without an error. */
export type RegisterCommand = (program: Command, exit: (code: number) => void) => void;
