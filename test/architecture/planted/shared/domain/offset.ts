export type Offset = bigint;
