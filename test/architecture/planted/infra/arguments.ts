// plants commander-only-in-commands
import { Command } from 'commander';

export const args = Command;
