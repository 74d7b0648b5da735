// Hands a text or bytes to the browser as a file. Never with the type that a stranger named: no browser opens it as a page.
export function download(name: string, data: string | Uint8Array<ArrayBuffer>): void {
  const type = typeof data === 'string' ? 'application/json' : 'application/octet-stream';
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
