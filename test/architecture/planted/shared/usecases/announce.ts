// plants usecases-reach-out-through-ports
export const announce = async () => (await import('../domain/../views/table.ts')).table;
