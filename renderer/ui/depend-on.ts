/** Names what an effect or a derived value depends on besides what it uses: reading it is the whole effect. */
export const dependOn: (...read: readonly unknown[]) => void = () => undefined;
