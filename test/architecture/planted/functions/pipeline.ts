import middy from '@middy/core';

export const pipeline = middy;
