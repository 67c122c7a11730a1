/** How a command of the program is begun. */
import type { Command } from 'commander';

/** Adds a command with the options that all have. */
export type MakeCommand = (name: string, description: string, hidden?: boolean) => Command;
