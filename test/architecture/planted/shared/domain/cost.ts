export const monthlyUsd = 15;
