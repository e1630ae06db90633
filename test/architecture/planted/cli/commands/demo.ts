// plants cli-stands-alone
export const demo = () => import('../../local/demo.ts');
