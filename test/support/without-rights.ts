const NOBODY = 65_534;

/**
 * Does what needs a permission that is missing: root, which tests run as in containers, may read and write all, so it is
 * done as nobody. What `work` imports late must be loaded before.
 */
export async function withoutRights<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid!(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
