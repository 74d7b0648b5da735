// The nonce of this response, for the style elements that libraries make. Browsers hide it from the attribute, not from the property.
export const styleNonce = (): string => document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';
