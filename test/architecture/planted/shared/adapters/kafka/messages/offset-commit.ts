export const apiKey = 8;
