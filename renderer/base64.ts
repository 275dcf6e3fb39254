/** Bytes as base64. @throws what the browser says where they can't be read */
export function toBase64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the bytes could not be read'));
    reader.readAsDataURL(blob);
  });
}
