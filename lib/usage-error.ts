/** What a program was given wrong: one line for the one who typed it, exit status 2. */
export class UsageError extends Error {}
