// The fermata: an arc and a dot.
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#443bae" />
      <path d="M5.5 21C6 13.5 10.3 9 16 9s10 4.5 10.5 12c-2-5.5-5.6-8.6-10.5-8.6S7.5 15.5 5.5 21z" fill="#fff" />
      <circle cx="16" cy="20.5" r="2.6" fill="#fff" />
    </svg>
  );
}
