/** What the thrown thing says, for events and conditions. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
