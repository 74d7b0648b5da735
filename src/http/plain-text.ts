// Bodies that are one text: clients send it bare, or as JSON with quotes around it, under either content type.

/** The text that was meant. JSON that is no text (`12`, `{"a":1}`) is taken as it stands. */
export function plainText(body: string, contentType: string | undefined): string {
  if (!/json/i.test(contentType ?? '') || !/^\s*"/.test(body)) return body;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'string' ? value : body;
  } catch {
    return body;
  }
}
