// plants offset-commit-only-from-the-offset-writer
import { apiKey } from './messages/offset-commit.ts';

export const reader = apiKey;
